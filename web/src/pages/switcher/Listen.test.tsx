import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LinkState } from "../../client/lasting";
import { OpenAtOnce, sounding } from "../../client/sample-stream";
import { PROGRAM } from "../../state/listening";
import type { Operator } from "../../state/operator";
import { Reach } from "../../state/reach";
import { ListenLine } from "./Listen";

const REFUSED = new DOMException("nobody has touched the page", "NotAllowedError");
const WITHOUT_UDP: LinkState = { kind: "waiting", cause: "network_blocked" };
const BY_HTTP = "You hear Program by HTTP, about a second late. Nothing on air changes.";
const CLICK = "Click to hear Program";

beforeEach(() => {
  vi.stubGlobal("MediaSource", OpenAtOnce);
  vi.stubGlobal("fetch", sounding);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:sound");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Program is listened to, by a session that is at this. */
function listens(link: LinkState, stream: MediaStream | null): void {
  const reach = new Reach();
  if (stream === null) {
    reach.takes(false);
    reach.plays(true);
  }
  const viewer = {
    id: 1,
    path: "monitor-1",
    link: signal(link),
    stream: signal(stream),
    flows: signal(true),
  };
  const listening = { to: signal(PROGRAM), viewer: signal(viewer) };
  render(<ListenLine operator={{ listening, reach } as unknown as Operator} />);
}

const says = (): string | null => screen.getByRole("status").textContent;

it.each([
  ["by HTTP", WITHOUT_UDP, null, BY_HTTP],
  [
    "by WebRTC",
    { kind: "connected", session: "s1" },
    new MediaStream(),
    "You hear Program. Nothing on air changes.",
  ],
] as const)(
  "says that it is heard %s once it sounds, and not while the browser wants a click",
  async (...given) => {
    const [, link, stream, heard] = given;
    const play = vi.spyOn(HTMLMediaElement.prototype, "play").mockRejectedValue(REFUSED);
    listens(link, stream);
    await vi.waitFor(() => expect(says()).toBe(CLICK));
    play.mockResolvedValue();
    await act(() => void fireEvent.click(screen.getByRole("button", { name: CLICK })));
    await vi.waitFor(() => expect(says()).toBe(heard));
  },
);
