import { describe, expect, it } from "vitest";
import { PictureRule } from "./picture-rule";

const TICK_MS = 500;

/** A line whose packets are counted every half second. */
class Line {
  readonly rule = new PictureRule();
  #now = 1_000_000;
  #received = 0;
  #lost = 0;

  /** Let so many seconds pass with a part of the packets lost; stop early once the picture comes or goes. */
  run(seconds: number, lost: number, rate = 100): number {
    const shown = this.rule.shown;
    for (let tick = 1; tick <= seconds * 2; tick += 1) {
      this.#now += TICK_MS;
      const sent = rate / 2;
      this.#lost += sent * lost;
      this.#received += sent * (1 - lost);
      this.rule.take(this.#now, { received: this.#received, lost: this.#lost });
      if (this.rule.shown !== shown) return tick / 2;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Another session counts from zero. */
  reopen(): void {
    this.#received = this.#lost = 0;
  }
}

describe("the picture under loss", () => {
  it("stops above eight percent for three seconds, and not before", () => {
    const line = new Line();
    line.run(10, 0);
    expect(line.run(20, 0.1)).toBeGreaterThanOrEqual(2.5);
    expect(line.rule.shown).toBe(false);
  });

  it("goes on below that, however long", () => {
    const line = new Line();
    expect(line.run(600, 0.07)).toBe(Number.POSITIVE_INFINITY);
  });

  it("survives a burst, however hard", () => {
    const line = new Line();
    line.run(10, 0);
    for (let burst = 0; burst < 5; burst += 1) {
      expect(line.run(1, 0.6)).toBe(Number.POSITIVE_INFINITY);
      expect(line.run(3, 0)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it("says nothing of a line by which hardly anything comes", () => {
    expect(new Line().run(30, 0.5, 4)).toBe(Number.POSITIVE_INFINITY);
  });

  it("comes back by itself once the loss has gone, and not while it lasts", () => {
    const line = new Line();
    line.run(20, 0.2);
    line.reopen();
    expect(line.run(60, 0.2, 50)).toBe(Number.POSITIVE_INFINITY);
    expect(line.run(20, 0, 50)).toBeLessThanOrEqual(4);
    expect(line.rule.shown).toBe(true);
  });

  it("waits twice as long after each try that fails, two minutes at most", () => {
    const line = new Line();
    const pauses: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      line.run(20, 0.2);
      line.reopen();
      pauses.push(line.run(600, 0, 50));
      line.reopen();
    }
    expect(pauses).toEqual([8, 16, 32, 64, 128, 128, 128]);
    line.run(70, 0);
    line.run(20, 0.2);
    expect(line.run(600, 0, 50)).toBe(8);
  });
});
