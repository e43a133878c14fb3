import { describe, expect, it } from "vitest";
import { screenLines } from "./on-screen";

const NOTHING = { message: null, countdown: null, prompter: null };

describe("screenLines", () => {
  it("says each thing that stands there, in one line", () => {
    const message = { id: "c1", text: "Closer", read_at: null };
    const countdown = { id: "c2", ends_at: "2026-11-26T10:00:30Z" };
    const lines = screenLines({ message, countdown, prompter: { id: "c3" } });
    expect(lines.map(({ id, isOver }) => [id, isOver])).toEqual([
      ["c1", false],
      ["c2", false],
      ["c3", false],
    ]);
    expect(lines.map(({ words }) => words)).toEqual([
      "Shown on their screen: “Closer”",
      expect.stringMatching(/^Shown on their screen: a countdown to \d\d:\d\d:30\.$/),
      "Shown on their screen: a text to read.",
    ]);
  });

  it("says of a message that was read when that was: it is not there any more", () => {
    const message = { id: "c1", text: "Closer", read_at: "2026-11-26T10:03:00Z" };
    expect(screenLines({ ...NOTHING, message })).toEqual([
      {
        kind: "message",
        id: "c1",
        isOver: true,
        words: expect.stringMatching(/^Read at \d\d:03: “Closer”$/),
      },
    ]);
  });

  it("says nothing of an empty screen, nor while the page says nothing", () => {
    expect(screenLines(NOTHING)).toEqual([]);
    expect(screenLines(null)).toEqual([]);
  });
});
