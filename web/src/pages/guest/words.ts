/** All that the guest's page says, and where it comes from in each language. */

import { texts } from "../../texts";
import { adviceTexts, checkTexts } from "../../texts.checks";
import { backstageTexts } from "../../texts.guest-backstage";

export const words = { texts, adviceTexts, checkTexts, backstageTexts };

export const languages = { en: () => import("../../en/guest"), nb: () => import("../../nb/guest") };
