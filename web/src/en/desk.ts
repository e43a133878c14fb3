/** English: all that the operator's page says. */

export { texts } from "../texts";
export { backstageTexts } from "../texts.backstage";
export { canvasTexts } from "../texts.canvas";
export { deskTexts } from "../texts.desk";
export { framingTexts } from "../texts.framing";
export { keyTexts } from "../texts.key";
export { mediaTexts } from "../texts.media";
export { mixerTexts } from "../texts.mixer";
export { overlayTexts } from "../texts.overlays";
export { sceneTexts } from "../texts.scenes";
export { serverTexts } from "../texts.server";
export { sourcesTexts } from "../texts.sources";
