/** English: all that the guest's page says. */

export { texts } from "../texts";
export { adviceTexts, checkTexts } from "../texts.checks";
export { backstageTexts } from "../texts.guest-backstage";
