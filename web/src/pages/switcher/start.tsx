import { effect } from "@preact/signals";
import { render } from "preact";
import { Operator } from "../../state/operator";
import { pageTitle } from "../../state/title";
import { SwitcherPage } from "./SwitcherPage";

const operator = new Operator();
const root = document.getElementById("app");
if (root) render(<SwitcherPage operator={operator} />, root);
// Whoever waits and whatever is new is seen from another tab.
effect(() => {
  document.title = pageTitle(operator);
});
operator.start();
