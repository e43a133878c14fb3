import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Notes } from "../client/chime";
import { lasting } from "../client/keeping";
import { Alerts } from "./alerts";
import type { Desk } from "./desk";
import { guest, incident } from "./samples";

const KEY = "stagedoor.alerts-silent";
const LOST = incident({ id: "lost", code: "guest_lost", severity: "critical" });
const desk = (...guests: ReturnType<typeof guest>[]): Desk =>
  ({ guests: new Map(guests.map((each) => [each.id, each])) }) as unknown as Desk;

/** Alerts of a page that knows an empty desk, what they play, and the browser's word on it. */
function begun() {
  const isTalking = signal(false);
  const played: Notes[] = [];
  let tell: (blocked: boolean) => void = () => undefined;
  const alerts = new Alerts(isTalking, async (notes, tellBlocked) => {
    played.push(notes);
    tell = tellBlocked;
  });
  alerts.hear(desk(), []);
  return { alerts, played, isTalking, browser: (blocked: boolean) => tell(blocked) };
}

const forget = (): void => lasting.removeItem(KEY);
beforeEach(forget);
afterEach(() => {
  forget();
  vi.useRealTimers();
});

describe("Alerts", () => {
  it("sound upwards for a knock, and downwards for what fails", () => {
    const { alerts, played } = begun();
    alerts.hear(desk(guest()), []);
    alerts.hear(desk(guest()), []);
    alerts.hear(desk(guest(), guest({ id: "g2" })), [LOST]);
    expect(played).toEqual(["up", "down"]);
  });

  it("are heard once a moment however many come, what is graver all the same", () => {
    vi.useFakeTimers();
    const { alerts, played } = begun();
    const lost = (many: number) =>
      Array.from({ length: many }, (_, number) => ({ ...LOST, id: `lost-${number}` }));
    alerts.hear(desk(guest()), []);
    for (const many of [1, 2, 3]) alerts.hear(desk(guest()), lost(many));
    alerts.hear(desk(guest(), guest({ id: "g2" })), lost(3));
    expect([played, alerts.attention.value?.alerts.length]).toEqual([["up", "down"], 5]);
    vi.advanceTimersByTime(2000);
    alerts.hear(desk(guest(), guest({ id: "g2" })), lost(4));
    expect(played).toEqual(["up", "down", "down"]);
  });

  it("are silent into an open talkback, counted all the same, and heard once when it ends", () => {
    const { alerts, isTalking, played } = begun();
    isTalking.value = true;
    alerts.hear(desk(guest()), []);
    alerts.hear(desk(guest(), guest({ id: "g2" })), [LOST]);
    alerts.hear(desk(guest(), guest({ id: "g2" }), guest({ id: "g3" })), [LOST]);
    expect([played, alerts.attention.value?.alerts.length]).toEqual([[], 4]);
    isTalking.value = false;
    isTalking.value = true;
    isTalking.value = false;
    expect(played).toEqual(["down"]);
  });

  it("are not heard after a talkback where nobody wants them aloud by then", () => {
    const { alerts, isTalking, played } = begun();
    isTalking.value = true;
    alerts.hear(desk(guest()), []);
    alerts.setAloud(false);
    isTalking.value = false;
    expect(played).toEqual([]);
  });

  it("are silent where nobody wants them aloud, in the next visit too", () => {
    const { alerts, played } = begun();
    alerts.setAloud(false);
    alerts.hear(desk(guest()), []);
    expect(played).toEqual([]);
    expect(begun().alerts.aloud.value).toBe(false);
    alerts.setAloud(true);
    expect([played, begun().alerts.aloud.value]).toEqual([["up"], true]);
  });

  it("say while the browser keeps the sound back, and are heard once when it does so no more", () => {
    const { alerts, browser, played } = begun();
    alerts.hear(desk(guest()), []);
    browser(true);
    expect([alerts.blocked.value, played]).toEqual([true, ["up"]]);
    browser(false);
    browser(false);
    expect([alerts.blocked.value, played]).toEqual([false, ["up", "up"]]);
    browser(true);
    alerts.setAloud(false);
    expect(alerts.blocked.value).toBe(false);
  });

  it("are looked at for as long as what they are about is seen", () => {
    const { alerts } = begun();
    const count = (): number | undefined => alerts.attention.value?.alerts.length;
    alerts.hear(desk(guest()), []);
    alerts.look("lost", true);
    expect(count()).toBe(1);
    alerts.look("knock", true);
    alerts.hear(desk(guest(), guest({ id: "g2" })), []);
    expect(count()).toBe(0);
    alerts.look("knock", false);
    alerts.hear(desk(guest(), guest({ id: "g3" })), []);
    expect(count()).toBe(1);
  });
});
