import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OverlayView } from "../../client/types";
import { timer } from "../../state/samples";
import { OverlaySheet } from "./OverlaySheet";

const { id, on, shown, anchor, size, color, alpha, frames } = timer();
const laid = { id, on, shown, anchor, size, color, alpha, frames };
const NEWS: OverlayView = { ...laid, kind: "ticker", items: ["Storm"], separator: "•", speed: 0.08 };
const TEAM = { name: "Ada", color: "#2e86ab", score: 0 };
const GAME: OverlayView = {
  ...laid,
  kind: "scoreboard",
  home: TEAM,
  away: TEAM,
  label: "",
  timer: "start",
};

/** The sheet of an overlay that there is; no timer is. */
function opened(overlay: OverlayView) {
  const onClose = vi.fn();
  const kind = overlay.kind === "scoreboard" ? "scoreboard" : "ticker";
  render(
    <OverlaySheet kind={kind} overlay={overlay} current={overlay} tag="t" timers={[]} onClose={onClose} />,
  );
  return onClose;
}

const pressEscape = (): boolean =>
  screen.getByRole("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));

describe("the sheet of an overlay", () => {
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("asks before it closes over what was changed, and of nothing else", async () => {
    const onClose = opened(NEWS);
    expect(pressEscape()).toBe(true);
    fireEvent.input(screen.getByLabelText(/^Words/), { target: { value: "Storm\nFerries are late" } });
    await act(() => void expect(pressEscape()).toBe(false));
    expect(onClose).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Close without saving" }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("makes a name with its title and its style", async () => {
    const saved = vi.fn(async (_: string, _init: RequestInit) =>
      Response.json({ frame: 1, overlay: {}, tag: "u" }),
    );
    vi.stubGlobal("fetch", saved);
    const onClose = vi.fn();
    render(
      <OverlaySheet
        kind="lower_third"
        overlay={null}
        current={null}
        tag={null}
        timers={[]}
        onClose={onClose}
      />,
    );
    const set = (label: string, value: string, how: "input" | "change"): Promise<void> =>
      act(() => void fireEvent[how](screen.getByLabelText(label), { target: { value } }));
    expect(screen.getByRole("button", { name: "Save" }).getAttribute("aria-disabled")).toBe("true");
    await set("Name", "Ada", "input");
    await set("Title, the second line", "Mathematician", "input");
    await set("Style", "plain", "change");
    fireEvent.submit(screen.getByRole("dialog").querySelector("form") as HTMLFormElement);
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    const sent = { kind: "lower_third", text: "Ada", title: "Mathematician", style: "plain" };
    expect(JSON.parse(String(saved.mock.lastCall?.[1].body))).toMatchObject(sent);
  });

  it("says that a scoreboard's timer was deleted, and saves it without", async () => {
    const saved = vi.fn(async (_: string, init: RequestInit) => {
      expect(JSON.parse(String(init.body))).toMatchObject({ kind: "scoreboard", timer: "" });
      return Response.json({ frame: 1, overlay: GAME, tag: "u" });
    });
    vi.stubGlobal("fetch", saved);
    const onClose = opened(GAME);
    const select = screen.getByLabelText("Time") as HTMLSelectElement;
    expect(select.selectedOptions[0]?.textContent).toContain("start, which was deleted");
    fireEvent.submit(screen.getByRole("dialog").querySelector("form") as HTMLFormElement);
    await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    expect(saved).toHaveBeenCalledTimes(1);
  });
});
