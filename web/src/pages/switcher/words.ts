/** All that the operator's page says, and where it comes from in each language. */

import { texts } from "../../texts";
import { backstageTexts } from "../../texts.backstage";
import { canvasTexts } from "../../texts.canvas";
import { deskTexts } from "../../texts.desk";
import { framingTexts } from "../../texts.framing";
import { keyTexts } from "../../texts.key";
import { mediaTexts } from "../../texts.media";
import { mixerTexts } from "../../texts.mixer";
import { overlayTexts } from "../../texts.overlays";
import { sceneTexts } from "../../texts.scenes";
import { serverTexts } from "../../texts.server";
import { sourcesTexts } from "../../texts.sources";

export const words = {
  texts,
  backstageTexts,
  canvasTexts,
  deskTexts,
  framingTexts,
  keyTexts,
  mediaTexts,
  mixerTexts,
  overlayTexts,
  sceneTexts,
  serverTexts,
  sourcesTexts,
};

export const languages = { en: () => import("../../en/desk"), nb: () => import("../../nb/desk") };
