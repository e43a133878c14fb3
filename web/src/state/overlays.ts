/** The kinds of overlays, told apart. */

import type { CardView, OverlayView } from "../client/types";

/** Whether an overlay is a lower third, a text or an image. */
export const isCard = (overlay: OverlayView): overlay is CardView => "text" in overlay;
