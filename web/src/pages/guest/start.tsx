import { effect } from "@preact/signals";
import { render } from "preact";
import { devicesAllowed } from "../../client/devices";
import { ofTab } from "../../client/keeping";
import { keepAwake } from "../../client/wake";
import { Media } from "../../state/media";
import { titleOf } from "../../state/page";
import { Stage } from "../../state/stage";
import { tryVolume } from "../../state/studio-volume";
import { Visit } from "../../state/visit";
import { GuestPage } from "./GuestPage";

const visit = new Visit(ofTab, new URLSearchParams(location.search));
const media = new Media();
const stage = new Stage(media, visit);

if (visit.inside) {
  media.cameraOn.value = visit.inside.cameraOn;
  media.muted.value = visit.inside.muted;
}

if (devicesAllowed()) {
  media.listen();
  effect(() => {
    const { kind } = stage.phase.value;
    if (kind === "ready" || kind === "joining") void media.start();
    if (kind === "ended" || kind === "refused") void media.stop();
  });
}

effect(() => {
  keepAwake(stage.phase.value.kind === "inside");
});

window.addEventListener("pagehide", () => stage.unload());
window.addEventListener("pageshow", (event) => {
  // Brought back from the browser's cache: the visit was ended when the page was hidden.
  if (event.persisted) location.reload();
});

effect(() => {
  document.title = titleOf(stage.phase.value, stage.eventsUp.value);
});

const root = document.getElementById("app");
if (root) render(<GuestPage stage={stage} media={media} />, root);
void tryVolume();
void stage.load();
