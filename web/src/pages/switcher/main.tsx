import { effect } from "@preact/signals";
import { render } from "preact";
import { speak } from "../../language";
import { Operator } from "../../state/operator";
import { pageTitle } from "../../state/title";
import { texts } from "../../texts";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { mediaTexts } from "../../texts.media";
import { mixerTexts } from "../../texts.mixer";
import { sceneTexts } from "../../texts.scenes";
import { SwitcherPage } from "./SwitcherPage";
import "../../styles/base.css";

const english = { texts, backstageTexts, deskTexts, mediaTexts, mixerTexts, sceneTexts };

async function start(): Promise<void> {
  await speak(english, { nb: () => import("../../nb/desk") });
  const operator = new Operator();
  const root = document.getElementById("app");
  if (root) render(<SwitcherPage operator={operator} />, root);
  // Whoever waits and whatever is new is seen from another tab.
  effect(() => {
    document.title = pageTitle(operator);
  });
  operator.start();
}

void start();
