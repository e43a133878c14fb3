import { describe, expect, it } from "vitest";
import type { StripChange } from "../client/types";
import { StripShape } from "./strip-shape";

describe("StripShape", () => {
  it("sends what was set while one change is under way together, and loses none", async () => {
    const sent: StripChange[] = [];
    let done: () => void = () => undefined;
    const shape = new StripShape((change) => {
      sent.push(change);
      return new Promise<void>((resolve) => {
        done = resolve;
      });
    });
    shape.set({ gate_db: -50 });
    shape.set({ compressor: { ratio: 2 } });
    shape.set({ compressor: { threshold_db: -30 } });
    shape.set({ gate_db: -45 });
    expect(sent).toEqual([{ gate_db: -50 }]);
    done();
    await new Promise((resolve) => setTimeout(resolve));
    expect(sent[1]).toEqual({ gate_db: -45, compressor: { ratio: 2, threshold_db: -30 } });
    done();
    await new Promise((resolve) => setTimeout(resolve));
    shape.set({ delay_ms: 40 });
    expect(sent[2]).toEqual({ delay_ms: 40 });
  });

  it("says what was refused, and takes the next", async () => {
    let fails = true;
    const shape = new StripShape(() => (fails ? Promise.reject(new Error("no")) : Promise.resolve()));
    shape.set({ gate_db: -500 });
    await new Promise((resolve) => setTimeout(resolve));
    expect(shape.attempt.refusal.value).not.toBeNull();
    fails = false;
    shape.set({ gate_db: -50 });
    await new Promise((resolve) => setTimeout(resolve));
    expect(shape.attempt.refusal.value).toBeNull();
  });
});
