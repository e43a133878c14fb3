/** Tells control how it is at this page, devices and the rest, until it says so itself. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { guestApi } from "../client/api";
import type { OwnDevices, Readiness, Report } from "../client/types";
import type { Inside } from "./page";

type Switches = Pick<Report, "camera" | "mic">;
type OwnSide = { devices: OwnDevices; readiness: Readiness };

/** Report whenever what control says of this page differs from how it is. */
export function reportOwnSide(
  inside: ReadonlySignal<Inside | null>,
  wanted: ReadonlySignal<Switches>,
  own: ReadonlySignal<OwnSide>,
): void {
  const again = signal(0);
  let underWay = false;
  let told = "";
  effect(() => {
    const place = inside.value;
    const { camera, mic } = wanted.value;
    const { devices, readiness } = own.value;
    if (again.value < 0 || !place || underWay) return;
    const { guest, token } = place;
    const text = JSON.stringify({ devices, readiness });
    const known = JSON.stringify({ devices: guest.devices, readiness: guest.readiness });
    const isKnown = guest.devices != null && guest.readiness != null && (text === told || text === known);
    if (isKnown && guest.camera === camera && guest.mic === mic) return;
    underWay = true;
    const sent = own.peek();
    void guestApi.report(token, guest.id, { camera, mic, devices, readiness }).then(
      () => {
        told = text;
        underWay = false;
        // What has changed meanwhile was not told, and nothing else may come to remind of it.
        if (own.peek() !== sent) again.value += 1;
      },
      () => {
        underWay = false;
      },
    );
  });
}
