import { cleanup, render } from "@testing-library/preact";
import type { JSX } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { placeOf } from "../state/places";
import { HeldButton, HeldSelect } from "./Held";
import { stays } from "./leave-focus";

const find = <T extends HTMLElement>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(selector);
  return found;
};

afterEach(cleanup);

describe("HeldButton", () => {
  const act = vi.fn();
  const button = (more: { busy?: boolean; why?: string }): JSX.Element => (
    <HeldButton {...more} onClick={act}>
      Lower
    </HeldButton>
  );

  it("keeps the focus while it is busy or off, and does nothing then", () => {
    const { rerender } = render(button({}));
    find("button").focus();
    find("button").click();
    expect(act).toHaveBeenCalledTimes(1);
    for (const held of [{ busy: true }, { why: "It is so already." }]) {
      rerender(button(held));
      find("button").click();
      expect(act).toHaveBeenCalledTimes(1);
      expect(document.activeElement).toBe(find("button"));
      expect(find("button").getAttribute("aria-disabled")).toBe("true");
    }
  });

  it("sends no form while it is held", () => {
    const send = vi.fn((event: Event) => event.preventDefault());
    const form = (why: string | false): JSX.Element => (
      <form onSubmit={send}>
        <HeldButton type="submit" why={why} />
      </form>
    );
    const { rerender } = render(form("Nothing is written yet."));
    find("button").click();
    expect(send).not.toHaveBeenCalled();
    rerender(form(false));
    find("button").click();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("leaves the focus near it when it goes, where no key is the desk's that presses", async () => {
    const page = (tiles: readonly string[], withButton: boolean): JSX.Element => (
      <section {...stays} id="seats">
        {tiles.map((each) => (
          <article {...stays} id={each} key={each}>
            {withButton ? button({}) : null}
          </article>
        ))}
      </section>
    );
    const { rerender } = render(page(["ada"], true));
    find("button").focus();
    rerender(page(["ada"], false));
    await Promise.resolve();
    expect([document.activeElement?.id, placeOf(document.activeElement)]).toEqual(["ada", "pressable"]);
    find("#ada").blur();
    expect(find("#ada").hasAttribute("tabindex")).toBe(false);
    rerender(page(["ada"], true));
    find("button").focus();
    rerender(page([], false));
    await Promise.resolve();
    expect(document.activeElement?.id).toBe("seats");
  });

  it("takes the focus from nobody who has it elsewhere", async () => {
    const page = (withButton: boolean): JSX.Element => (
      <section {...stays}>
        <input />
        {withButton ? button({}) : null}
      </section>
    );
    const { rerender } = render(page(true));
    find("input").focus();
    rerender(page(false));
    await Promise.resolve();
    expect(document.activeElement).toBe(find("input"));
  });
});

describe("a button", () => {
  it("is nowhere `disabled`, which takes the focus away and says no reason", () => {
    const sources = import.meta.glob<string>("../**/*.tsx", {
      query: "?raw",
      import: "default",
      eager: true,
    });
    const disabling = Object.entries(sources).filter(([, text]) => /<button\b[^<]*?\sdisabled\b/.test(text));
    expect(Object.keys(sources).length).toBeGreaterThan(90);
    expect(disabling.map(([path]) => path)).toEqual([]);
  });
});

describe("HeldSelect", () => {
  it("stays as it is while it is busy", () => {
    const choose = vi.fn();
    const page = (busy: boolean): JSX.Element => (
      <HeldSelect value="left" busy={busy} onChoose={choose}>
        <option value="left">Left</option>
        <option value="right">Right</option>
      </HeldSelect>
    );
    const { rerender } = render(page(true));
    const select = find<HTMLSelectElement>("select");
    const pick = (value: string): void => {
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    pick("right");
    expect([select.value, choose.mock.calls]).toEqual(["left", []]);
    rerender(page(false));
    pick("right");
    expect(choose.mock.calls).toEqual([["right"]]);
  });
});
