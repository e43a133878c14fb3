import { signal } from "@preact/signals";
import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Keeping } from "../../client/keeping";
import { Build } from "../../state/build";
import { Commands } from "../../state/commands";
import type { Operator } from "../../state/operator";
import { deskTexts as say } from "../../texts.desk";
import { OldPage } from "./OldPage";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  document.body.innerHTML = "";
  vi.useRealTimers();
});

/** A desk after an upgrade, on which nothing is open. */
async function old() {
  const reload = vi.fn();
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  } as unknown as Storage;
  const held = signal<string | null>(null);
  const uploads = signal<unknown[]>([]);
  const parts = {
    build: new Build("a", reload, new Keeping(() => storage)),
    commands: new Commands(),
    console: { deleted: { kept: signal([]) } },
    library: { uploads },
    chat: { hasDraft: false },
    talkback: { held },
    listening: { to: signal(null) },
  };
  const { getByRole, container } = render(<OldPage operator={parts as unknown as Operator} />);
  const upgrade = (): Promise<void> => act(() => parts.build.hear("b"));
  return { reload, upgrade, getByRole, container, parts, held, uploads };
}

const pass = (): Promise<void> =>
  act(() => {
    vi.advanceTimersByTime(10_000);
  });

it("reloads by itself where nothing would be lost, and says why before that", async () => {
  const { reload, upgrade, container } = await old();
  await pass();
  expect([container.textContent, reload.mock.calls.length]).toEqual(["", 0]);
  await upgrade();
  expect(container.textContent).toContain(say.oldPage[0]);
  expect(reload).not.toHaveBeenCalled();
  await pass();
  expect(reload).toHaveBeenCalledTimes(1);
});

it("is put away where it lies over the show, and reloads all the same", async () => {
  const { reload, upgrade, getByRole, container, parts } = await old();
  parts.chat.hasDraft = true;
  await upgrade();
  await act(() => getByRole("button", { name: say.later }).click());
  expect(container.textContent).toBe("");
  await pass();
  expect(reload).not.toHaveBeenCalled();
  parts.chat.hasDraft = false;
  await pass();
  expect(reload).toHaveBeenCalledTimes(1);
});

it("waits while something is open, written or under way, and reloads at once when told to", async () => {
  const { reload, upgrade, getByRole, parts, held, uploads } = await old();
  await upgrade();
  const waits = async (): Promise<void> => {
    await pass();
    expect(reload).not.toHaveBeenCalled();
  };
  const dialog = document.createElement("dialog");
  dialog.setAttribute("open", "");
  document.body.append(dialog);
  await waits();
  dialog.remove();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  await waits();
  field.blur();
  held.value = "all";
  await waits();
  held.value = null;
  uploads.value = [{}];
  await waits();
  uploads.value = [];
  parts.chat.hasDraft = true;
  await waits();
  getByRole("button", { name: say.reload }).click();
  expect(reload).toHaveBeenCalledTimes(1);
});
