import { cleanup, fireEvent, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { deskApi } from "../client/api";
import type { DestinationView, GuestView } from "../client/types";
import { Commands } from "../state/commands";
import { RelayHand } from "../state/relay-hand";
import { Destinations } from "./Destinations";

const destination = (id: string, more: Partial<DestinationView> = {}): DestinationView =>
  ({
    id,
    url: `rtmp://server/${id}`,
    state: "live",
    reason: "",
    hint: "",
    server_ready: null,
    ...more,
  }) as DestinationView;

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("Destinations", () => {
  it("offers to restart the one that fails, and that one alone", () => {
    const asked = vi.spyOn(deskApi, "restartRelay").mockResolvedValue({} as GuestView);
    const hand = new RelayHand({ id: "g_1", name: "Ann" }, true, new Commands());
    const failing = destination("2", { state: "retrying", reason: "no such stream" });
    const { getAllByRole } = render(<Destinations destinations={[destination("1"), failing]} hand={hand} />);
    const buttons = getAllByRole("button");
    expect(buttons).toHaveLength(1);
    fireEvent.click(buttons[0] as HTMLElement);
    expect(asked.mock.calls).toEqual([["g_1", "2", true]]);
    expect(hand.isRestarting("2")).toBe(true);
    expect(hand.isRestarting("1")).toBe(false);
  });
});
