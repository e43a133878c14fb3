import { render } from "preact";
import { Operator } from "../../state/operator";
import { SwitcherPage } from "./SwitcherPage";
import "../../styles/base.css";

const operator = new Operator();
const root = document.getElementById("app");
if (root) render(<SwitcherPage operator={operator} />, root);
operator.start();
