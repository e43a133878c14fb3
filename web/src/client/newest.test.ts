import { describe, expect, it } from "vitest";
import { Newest } from "./newest";

describe("Newest", () => {
  it("sends one at a time, and of those that come meanwhile the last", async () => {
    const sent: number[] = [];
    let answer: () => void = () => undefined;
    const newest = new Newest<number>((value) => {
      sent.push(value);
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    });
    for (const value of [1, 2, 3]) newest.put(value);
    expect(sent).toEqual([1]);
    answer();
    await Promise.resolve();
    await Promise.resolve();
    expect(sent).toEqual([1, 3]);
    answer();
    await Promise.resolve();
    await Promise.resolve();
    newest.put(4);
    expect(sent).toEqual([1, 3, 4]);
  });
});
