import { cleanup, fireEvent, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { backstageApi } from "../../client/backstage";
import type { OnScreen } from "../../client/types";
import { Asks } from "../../state/asks";
import type { Operator } from "../../state/operator";
import { command, guest } from "../../state/samples";
import { AskLines } from "./AskLines";

const EMPTY: OnScreen = { message: null, countdown: null, prompter: null };
const CLOSER = { id: "c1", text: "Closer", read_at: null };

function lines(asks: Asks, on_screen: OnScreen | null) {
  const element = (now: OnScreen | null) => (
    <AskLines operator={{ asks } as Partial<Operator> as Operator} guest={guest({ on_screen: now })} />
  );
  const { getByRole, rerender } = render(element(on_screen));
  const words = (): (string | null)[] =>
    [...getByRole("status").querySelectorAll("span")].map((each) => each.textContent);
  return { getByRole, words, become: (now: OnScreen | null) => rerender(element(now)) };
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("what stands on a guest's screen", () => {
  it("is the page's word, whoever has sent it, and nothing that a command was answered with", () => {
    const asks = new Asks();
    const { words, become } = lines(asks, { ...EMPTY, message: CLOSER });
    expect(words()).toEqual(["Shown on their screen: “Closer”"]);
    asks.hear({
      seq: 1,
      type: "command",
      data: command({ state: "done", command: { kind: "message", text: "Closer" } }),
    });
    become(EMPTY);
    expect(words()).toEqual([]);
  });

  it("is taken away by a command of its kind", () => {
    const sent = vi.spyOn(backstageApi, "command").mockResolvedValue(command());
    const { getByRole } = lines(new Asks(), { ...EMPTY, prompter: { id: "c3" } });
    fireEvent.click(getByRole("button", { name: "Take it away: Shown on their screen: a text to read." }));
    expect(sent.mock.calls).toEqual([["g1", { kind: "prompter", text: "", speed: 0, size: 6 }]]);
  });

  it("says when a message was read, until that is dismissed, and takes nothing away then", async () => {
    const read = { ...CLOSER, read_at: "2026-11-26T10:03:00Z" };
    const { getByRole, words, become } = lines(new Asks(), { ...EMPTY, message: read });
    expect(words()).toEqual([expect.stringContaining("Read at")]);
    fireEvent.click(getByRole("button", { name: /^Dismiss: Read at/ }));
    await vi.waitFor(() => expect(words()).toEqual([]));
    become({ ...EMPTY, message: { ...read, id: "c2" } });
    expect(words()).toHaveLength(1);
  });
});
