import { describe, expect, it } from "vitest";
import { guest, session } from "./samples";
import { ServerWords } from "./words";

describe("ServerWords", () => {
  it("knows nothing of a session that control has not named", () => {
    const words = new ServerWords();
    words.hear(guest({ sessions: [session({ id: "s1" })] }));
    expect([words.of("s1"), words.of("s2")]).toEqual(["open", "unknown"]);
  });

  it("remembers a session that was closed, when it is no longer listed", () => {
    const words = new ServerWords();
    words.hear(guest({ sessions: [session({ id: "s1" })] }));
    words.hear(guest({ sessions: [session({ id: "s1", state: "closed", reason: "replaced" })] }));
    words.hear(guest({ sessions: [] }));
    expect(words.of("s1")).toBe("closed");
  });

  it("calls a session unknown that is gone without a word, as after a restart of control", () => {
    const words = new ServerWords();
    words.hear(guest({ sessions: [session({ id: "s1" })] }));
    words.hear(guest({ sessions: [] }));
    expect(words.of("s1")).toBe("unknown");
  });

  it("forgets what was closed long ago", () => {
    const words = new ServerWords();
    for (let n = 0; n < 40; n += 1)
      words.hear(guest({ sessions: [session({ id: `s${n}`, state: "closed" })] }));
    expect([words.of("s0"), words.of("s39")]).toEqual(["unknown", "closed"]);
  });
});
