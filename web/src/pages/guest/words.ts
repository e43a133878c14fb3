/** All that the guest's page says, and where it comes from in other languages. */

import { texts } from "../../texts";
import { adviceTexts, checkTexts } from "../../texts.checks";
import { backstageTexts } from "../../texts.guest-backstage";

export const english = { texts, adviceTexts, checkTexts, backstageTexts };

export const others = { nb: () => import("../../nb/guest") };
