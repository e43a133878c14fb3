import { effect } from "@preact/signals";
import { render } from "preact";
import { lobbyOf } from "../../state/desk";
import { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { SwitcherPage } from "./SwitcherPage";
import "../../styles/base.css";

const operator = new Operator();
const root = document.getElementById("app");
if (root) render(<SwitcherPage operator={operator} />, root);
// Whoever waits is counted where it is seen from another tab.
effect(() => {
  const desk = operator.desk.value;
  document.title = deskTexts.pageTitle(desk ? lobbyOf(desk).filter(({ away }) => !away).length : 0);
});
operator.start();
