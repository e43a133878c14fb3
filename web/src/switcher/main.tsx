import { render } from "preact";

const root = document.getElementById("app");
if (root) render(<h1>Stagedoor</h1>, root);
