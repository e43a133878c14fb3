/** Tells control which devices there are and which are switched off, until it says so itself. */

import { effect, type ReadonlySignal } from "@preact/signals";
import { guestApi } from "../client/api";
import type { OwnDevices, Report } from "../client/types";
import type { Inside } from "./page";

type Switches = Pick<Report, "camera" | "mic">;

/** Report whenever what control says of the devices differs from what they are. */
export function reportDevices(
  inside: ReadonlySignal<Inside | null>,
  wanted: ReadonlySignal<Switches>,
  own: ReadonlySignal<OwnDevices>,
): void {
  let underWay = false;
  let told = "";
  effect(() => {
    const place = inside.value;
    const { camera, mic } = wanted.value;
    const devices = own.value;
    if (!place || underWay) return;
    const { guest, token } = place;
    const text = JSON.stringify(devices);
    const isKnown = guest.devices != null && (text === told || text === JSON.stringify(guest.devices));
    if (isKnown && guest.camera === camera && guest.mic === mic) return;
    underWay = true;
    const done = (): void => {
      underWay = false;
    };
    void guestApi.report(token, guest.id, { camera, mic, devices }).then(() => {
      told = text;
      done();
    }, done);
  });
}
