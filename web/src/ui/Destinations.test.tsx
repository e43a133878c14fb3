import { signal } from "@preact/signals";
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deskApi } from "../client/api";
import type { DestinationView, GuestView } from "../client/types";
import { Commands } from "../state/commands";
import type { GuestSheet } from "../state/operator";
import { RelayHand } from "../state/relay-hand";
import { destination, guest, session } from "../state/samples";
import { Destinations, RestartAll } from "./Destinations";

const numbered = (id: string, change: Partial<DestinationView> = {}): DestinationView =>
  destination({ id, url: `rtmp://server/${id}`, ...change });
const WELL = numbered("1");
const FAILING = numbered("2", { state: "retrying", reason: "no such stream" });
const NOT_READY = numbered("3", { server_ready: false });

/** A guest with these destinations of a shared screen, and what is asked of control and of the operator. */
function shown(destinations: DestinationView[], change: Partial<GuestView> = {}) {
  const asked = vi.spyOn(deskApi, "restartRelay").mockResolvedValue({} as GuestView);
  const sessions = [session({ kind: "screen", destinations })];
  const ann = guest({ id: "g_1", name: "Ann", tally: "off", heard: false, sessions, ...change });
  const guestSheet = signal<GuestSheet | null>(null);
  const hand = new RelayHand(ann, { commands: new Commands(), guestSheet });
  render(
    <>
      <Destinations destinations={destinations} screen={true} hand={hand} />
      <RestartAll guest={ann} hand={hand} />
    </>,
  );
  return { asked, hand, guestSheet };
}

const restart = ({ url }: DestinationView): HTMLElement =>
  screen.getByRole("button", { name: `Restart publishing to ${url}` });
const all = (): HTMLElement | null => screen.queryByRole("button", { name: "Restart all destinations" });

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("Destinations", () => {
  it("are restarted one by one, also one that says that it is live", () => {
    const { asked, hand } = shown([WELL, FAILING]);
    fireEvent.click(restart(FAILING));
    expect(asked.mock.calls).toEqual([["g_1", { destination: "2", screen: true }]]);
    const busy = [WELL, FAILING].map((each) => hand.isRestarting({ destination: each, screen: true }));
    expect(busy).toEqual([false, true]);
    fireEvent.click(restart(WELL));
    expect(asked.mock.lastCall).toEqual(["g_1", { destination: "1", screen: true }]);
  });

  it("are restarted all at once, where there are several", () => {
    const { asked, hand } = shown([WELL, FAILING]);
    fireEvent.click(all() as HTMLElement);
    expect(asked.mock.calls).toEqual([["g_1", null]]);
    expect(hand.isRestarting({ destination: WELL, screen: true })).toBe(true);
    cleanup();
    shown([WELL]);
    expect(all()).toBeNull();
  });

  it.each([{ tally: "program" }, { heard: true }, { tally: "unknown" }] as const)(
    "ask once where somebody watches, and may lose something: %o",
    (change) => {
      const { asked, guestSheet } = shown([WELL, FAILING, NOT_READY], change);
      fireEvent.click(restart(WELL));
      expect(guestSheet.value).toMatchObject({
        of: "restart",
        what: { destination: { id: "1" }, screen: true },
      });
      fireEvent.click(all() as HTMLElement);
      expect(guestSheet.value).toMatchObject({ of: "restart", what: null });
      expect(asked.mock.calls).toEqual([]);
      guestSheet.value = null;
      fireEvent.click(restart(FAILING));
      fireEvent.click(restart(NOT_READY));
      expect([asked.mock.calls.length, guestSheet.value]).toEqual([2, null]);
    },
  );
});
