/** Tells control which devices are switched off, until it says so itself. */

import { effect, type ReadonlySignal } from "@preact/signals";
import { guestApi } from "../client/api";
import type { Report } from "../client/types";
import type { Inside } from "./page";

/** Report whenever what control says of the devices differs from what they are. */
export function reportDevices(inside: ReadonlySignal<Inside | null>, wanted: ReadonlySignal<Report>): void {
  let underWay = false;
  effect(() => {
    const place = inside.value;
    const { camera, mic } = wanted.value;
    if (!place || underWay) return;
    const { guest, token } = place;
    if (guest.camera === camera && guest.mic === mic) return;
    underWay = true;
    const done = (): void => {
      underWay = false;
    };
    void guestApi.report(token, guest.id, { camera, mic }).then(done, done);
  });
}
