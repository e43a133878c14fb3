import { signal } from "@preact/signals";
import { cleanup, render } from "@testing-library/preact";
import type { JSX } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import { NOTHING } from "../../state/mixing";
import { mixer } from "../../state/samples";
import { useKeys } from "./use-keys";

const console = new Console(signal({ ...NOTHING, mixer: mixer() }), new Commands());
const take = vi.spyOn(console, "take").mockResolvedValue();
const help = vi.fn();

/** What becomes of a field in which somebody types. */
type Fate = "typed in" | "gone" | "closed";

function Page({ fate }: { fate: Fate }): JSX.Element {
  useKeys(console, help);
  return (
    <main>
      {fate === "gone" ? null : <input id="field" disabled={fate === "closed"} />}
      <button type="button" id="other" />
      <select id="choice">
        <option>1 s</option>
        <option>2 s</option>
      </select>
      <label id="words">
        <input type="checkbox" id="tick" /> Chime
      </label>
    </main>
  );
}

const find = (id: string): HTMLElement => document.getElementById(id) ?? document.body;

/** A key goes to what has the focus; whether the page has taken it. */
function press(key: string): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  return !(document.activeElement ?? document.body).dispatchEvent(event);
}

/** A page on which somebody types, pressing these keys, when the field goes from under the focus. */
async function lost(fate: Exclude<Fate, "typed in">, ...keys: string[]): Promise<void> {
  const { rerender } = render(<Page fate="typed in" />);
  find("field").focus();
  for (const key of keys) press(key);
  // As browsers do with one that is disabled; here it would keep the focus.
  find("field").blur();
  rerender(<Page fate={fate} />);
  // The browser tells of what has changed after it.
  await new Promise((resolve) => setTimeout(resolve));
}

describe("useKeys", () => {
  beforeEach(() => {
    take.mockClear();
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  it("has the desk's keys do what they say", () => {
    render(<Page fate="gone" />);
    expect(press(" ")).toBe(true);
    expect(take).toHaveBeenCalledTimes(1);
  });

  it.each(["gone", "closed"] as const)(
    "orders nothing by what was meant for a field that is %s",
    async (fate) => {
      await lost(fate, "h", "i");
      press(" ");
      vi.advanceTimersByTime(900);
      press("t");
      vi.advanceTimersByTime(900);
      find("other").focus();
      expect(press(" ")).toBe(true);
      expect(take).not.toHaveBeenCalled();
      find("other").blur();
      vi.advanceTimersByTime(1000);
      press(" ");
      expect(take).toHaveBeenCalledTimes(1);
    },
  );

  it("has its keys back from what was chosen by a pointer, and leaves them to a hand on the keys", () => {
    render(<Page fate="gone" />);
    const change = (id: string): boolean => find(id).dispatchEvent(new Event("change", { bubbles: true }));
    const point = (id: string): boolean =>
      find(id).dispatchEvent(new Event("pointerdown", { bubbles: true }));
    find("choice").focus();
    change("choice");
    expect([press(" "), document.activeElement?.id]).toEqual([false, "choice"]);
    find("choice").blur();
    for (const [pointed, chosen] of [
      ["choice", "choice"],
      ["words", "tick"],
    ] as const) {
      point(pointed);
      find(chosen).focus();
      change(chosen);
      expect([press(" "), document.activeElement]).toEqual([true, document.body]);
    }
    expect(take).toHaveBeenCalledTimes(2);
  });

  it.each([true, false])(
    "takes its keys past a choice that a pointer has left as it was, unless its list is open (%s)",
    (isOpen) => {
      render(<Page fate="gone" />);
      const { matches } = Element.prototype;
      vi.spyOn(find("choice"), "matches").mockImplementation((what) =>
        what === "select:open" ? isOpen : matches.call(find("choice"), what),
      );
      find("choice").dispatchEvent(new Event("pointerdown", { bubbles: true }));
      find("choice").focus();
      expect(press(" ")).toBe(!isOpen);
    },
  );

  it("hears at once whoever has left the field", async () => {
    for (const end of ["Escape", "Enter"]) {
      await lost("gone", "h", end);
      press(" ");
      cleanup();
    }
    expect(take).toHaveBeenCalledTimes(2);
  });
});
