import { describe, expect, it } from "vitest";
import type { StripChange } from "../client/types";
import { StripShape } from "./strip-shape";

describe("StripShape", () => {
  it("sends each field's newest value, one after the other", async () => {
    const sent: StripChange[] = [];
    let done: () => void = () => undefined;
    const shape = new StripShape((change) => {
      sent.push(change);
      return new Promise<void>((resolve) => {
        done = resolve;
      });
    });
    const next = async (): Promise<void> => {
      done();
      await new Promise((resolve) => setTimeout(resolve));
    };
    shape.set({ gate_db: -50 });
    shape.set({ compressor: { ratio: 2 } });
    shape.set({ compressor: { threshold_db: -30 } });
    shape.set({ compressor: { ratio: 3 } });
    shape.set({ gate_db: -45 });
    expect(sent).toEqual([{ gate_db: -50 }]);
    await next();
    await next();
    await next();
    await next();
    expect(sent.slice(1)).toEqual([
      { compressor: { ratio: 3 } },
      { compressor: { threshold_db: -30 } },
      { gate_db: -45 },
    ]);
    shape.set({ delay_ms: 40 });
    expect(sent[4]).toEqual({ delay_ms: 40 });
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
