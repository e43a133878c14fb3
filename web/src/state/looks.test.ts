import { type Signal, signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";
import { Look, Looks } from "./looks";

const MOST = 3;

describe("Looks", () => {
  let most: Signal<number>;
  let all: Look[];
  let leave: (() => void)[];

  /** Five guests are in view, one after the other. */
  beforeEach(() => {
    most = signal(MOST);
    const looks = new Looks(most);
    all = Array.from({ length: 5 }, () => new Look(looks));
    leave = all.map((look) => looks.want(look));
  });

  const open = (): number[] => all.flatMap(({ isOpen }, at) => (isOpen.value ? [at] : []));
  const waiting = (): number[] => all.flatMap(({ isWaiting }, at) => (isWaiting.value ? [at] : []));
  const take = (at: number): void => {
    const look = all[at];
    if (look) look.looks.take(look);
  };
  const hear = (at: number): void => {
    const look = all[at];
    if (look) look.isHeard.value = true;
    take(at);
  };

  it("opens as many as may be, and the next one when a place is left", () => {
    expect([open(), waiting()]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    leave[1]?.();
    expect([open(), waiting()]).toEqual([[0, 2, 3], [4]]);
    leave[4]?.();
    expect(waiting()).toEqual([]);
  });

  it("gives the place of the oldest to whoever is to be looked at now", () => {
    take(4);
    expect([open(), waiting()]).toEqual([
      [1, 2, 4],
      [0, 3],
    ]);
    take(3);
    expect(open()).toEqual([2, 3, 4]);
    take(3);
    expect(open()).toEqual([2, 3, 4]);
  });

  it("leaves whoever is listened to their place, unless all are, and then they are not listened to", () => {
    hear(0);
    take(4);
    expect(open()).toEqual([0, 2, 4]);
    hear(2);
    hear(4);
    take(1);
    expect(open()).toEqual([1, 2, 4]);
    expect(all.map(({ isHeard }) => isHeard.value)).toEqual([false, false, true, false, true]);
  });

  it("closes the oldest where fewer may be open, and opens them again where more may", () => {
    hear(0);
    most.value = 1;
    expect(open()).toEqual([0]);
    most.value = MOST;
    expect(open()).toEqual([0, 3, 4]);
  });

  it("opens nothing that nobody wants", () => {
    const extra = new Look(all[0]?.looks ?? new Looks(most));
    extra.looks.take(extra);
    expect(extra.isOpen.value).toBe(false);
    expect(open()).toEqual([0, 1, 2]);
  });
});
