import { type Signal, signal } from "@preact/signals";
import { act, cleanup, render } from "@testing-library/preact";
import { render as draw } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LinkState } from "../client/lasting";
import { Commands } from "../state/commands";
import { Look, Looks } from "../state/looks";
import { NOTHING } from "../state/mixing";
import { Reach } from "../state/reach";
import { views } from "../state/sample-views";
import { guest, mixer, session } from "../state/samples";
import { SharedPicture } from "../state/shared-picture";
import { GuestTile } from "./GuestTile";
import { LivePicture } from "./LivePicture";

const opened = vi.hoisted(() => [] as { path: string; link: Signal<LinkState> }[]);

vi.mock("../state/viewer", () => ({
  Viewer: class {
    readonly link = signal<LinkState>({ kind: "connecting", after: null });
    readonly stream = signal(null);
    constructor(readonly wanted: { path: string }) {}
    start(): void {
      opened.push({ path: this.wanted.path, link: this.link });
    }
    stop(): void {}
  },
}));
/** Only the guest's tile is on screen: the multiview has been scrolled away. */
vi.mock("./seen", () => ({
  LINGER_MS: 0,
  onSeen: (element: Element, tell: (seen: boolean) => void) => {
    tell(element.closest("article") !== null);
    return () => undefined;
  },
}));

const paths = (): string[] => opened.map(({ path }) => path);

async function become(state: LinkState): Promise<void> {
  await act(() => {
    const newest = opened.at(-1);
    if (newest) newest.link.value = state;
  });
}

beforeEach(() => {
  opened.length = 0;
});
afterEach(cleanup);

it("is given up for good by tiles that cannot be parts of it, instead of being tried again and again", async () => {
  const cell = { source: "guest1", x: 0, y: 0, width: 0.5, height: 0.5 };
  const shared = new SharedPicture(signal({ ...NOTHING, mixer: mixer({ multiview: [cell] }) }));
  const seated = guest({ state: "seated", seat: "guest1", sessions: [session()] });
  await act(() => {
    render(
      <>
        <LivePicture path="multiview" label="Multiview" reach={new Reach()} shared={shared} />
        <GuestTile
          guest={seated}
          operator={{ commands: new Commands(), guestSheet: signal(null) }}
          title=""
          way={null}
          views={views(shared)}
        >
          {null}
        </GuestTile>
      </>,
    );
  });
  expect([paths(), shared.wanted.value]).toEqual([["multiview"], 1]);
  await become({ kind: "refused", error: {} as never });
  expect([paths(), shared.wanted.value]).toEqual([["multiview", "guest1"], 0]);
  await become({ kind: "connected", session: "s1" });
  expect([paths(), shared.isRefused.value]).toEqual([["multiview", "guest1"], true]);
});

it("is what tiles are parts of again once it comes", async () => {
  const shared = new SharedPicture(signal(NOTHING));
  shared.isRefused.value = true;
  await act(() => {
    render(
      <article>
        <LivePicture path="multiview" label="Multiview" reach={new Reach()} shared={shared} />
      </article>,
    );
  });
  expect(shared.isRefused.value).toBe(true);
  await become({ kind: "connected", session: "s1" });
  expect(shared.isRefused.value).toBe(false);
});

it("says that there is no place for it where there is none, and not before it is known", async () => {
  const looks = new Looks(signal(1));
  const [first, second] = [new Look(looks), new Look(looks)];
  for (const look of [first, second]) look.isHeard.value = true;
  const boxes = [first, second].map((look) => {
    const box = document.createElement("article");
    draw(<LivePicture path="lobby-1" label="Ada" reach={new Reach()} look={look} />, box);
    return box;
  });
  const words = () => boxes.map(({ textContent }) => textContent?.includes("as many as may be"));
  // As it is drawn first, before anything can have been asked for.
  expect(words()).toEqual([false, false]);
  await act(() => undefined);
  await vi.waitFor(() => expect(words()).toEqual([true, false]));
  for (const box of boxes) draw(null, box);
});
