/** Where guests' pictures come from, for tests. */

import { Looks } from "./looks";
import { Reach } from "./reach";
import type { SharedPicture } from "./shared-picture";

export function views(multiview: SharedPicture): { multiview: SharedPicture; looks: Looks; reach: Reach } {
  const reach = new Reach();
  return { multiview, looks: new Looks(reach.mostLooks), reach };
}
