/** Tells control how it is at this page, from its devices to what stands on its screen, until it says so itself. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, guestApi } from "../client/api";
import type { GuestView, OnScreen, OwnDevices, Readiness, Report } from "../client/types";
import type { Inside } from "./page";

type Switches = Pick<Report, "camera" | "mic">;
type OwnSide = { devices: OwnDevices; readiness: Readiness; on_screen: OnScreen };

/** After a report that did not arrive. */
const AGAIN_MS = 2000;

const textOf = ({ devices, readiness, on_screen }: Partial<GuestView>): string =>
  JSON.stringify({ devices, readiness, on_screen });

/** Control knows something of everything: what it has forgotten is told anew. */
const isComplete = ({ devices, readiness, on_screen }: GuestView): boolean =>
  [devices, readiness, on_screen].every((each) => each != null);

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
    const side = own.value;
    if (again.value < 0 || !place || underWay) return;
    const { guest, token } = place;
    const text = textOf(side);
    const isKnown = isComplete(guest) && (text === told || text === textOf(guest));
    if (isKnown && guest.camera === camera && guest.mic === mic) return;
    underWay = true;
    void guestApi.report(token, guest.id, { camera, mic, ...side }).then(
      () => {
        told = text;
        underWay = false;
        // What has changed meanwhile was not told, and nothing else may come to remind of it.
        if (own.peek() !== side || inside.peek() !== place) again.value += 1;
      },
      (error: unknown) => {
        underWay = false;
        if (!(error instanceof ApiError && error.retryable)) return;
        setTimeout(() => {
          again.value += 1;
        }, AGAIN_MS);
      },
    );
  });
}
