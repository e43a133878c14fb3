import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { Commands } from "./commands";
import { Deleted, KEPT_MS } from "./deleted";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function begun() {
  const commands = new Commands();
  const deleted = new Deleted(commands);
  const names = (): string[] => deleted.kept.value.map(({ name }) => name);
  return { commands, deleted, names };
}

describe("Deleted", () => {
  it("brings back what was deleted, and says so", async () => {
    const { deleted, names } = begun();
    const back = vi.fn().mockResolvedValue({});
    deleted.put("Duel", back);
    expect(names()).toEqual(["Duel"]);
    await deleted.undoLast();
    expect([back.mock.calls.length, names()]).toEqual([1, []]);
    expect(deleted.said.value).toBe("Duel is back.");
    await deleted.undoLast();
    expect(back).toHaveBeenCalledOnce();
  });

  it("offers it for ten seconds, which stand still while somebody is at it", () => {
    const { deleted, names } = begun();
    deleted.put("Duel", vi.fn());
    const [{ id } = { id: 0 }] = deleted.kept.value;
    vi.advanceTimersByTime(KEPT_MS - 1);
    deleted.hold(id);
    vi.advanceTimersByTime(10 * KEPT_MS);
    expect(names()).toEqual(["Duel"]);
    deleted.leave(id);
    vi.advanceTimersByTime(KEPT_MS);
    expect(names()).toEqual([]);
    deleted.leave(id);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be tried again where it failed, and the reason is said", async () => {
    const { commands, deleted, names } = begun();
    const back = vi.fn().mockRejectedValueOnce(new ApiError(503, "board_full", "there can be no more"));
    deleted.put("Duel", back);
    await deleted.undoLast();
    expect([names(), commands.errors.value.map(({ message }) => message)]).toEqual([
      ["Duel"],
      ["there can be no more"],
    ]);
    await deleted.undoLast();
    expect(names()).toEqual([]);
  });

  it("keeps the last three", () => {
    const { deleted, names } = begun();
    for (const name of ["One", "Two", "Three", "Four"]) deleted.put(name, vi.fn());
    expect(names()).toEqual(["Two", "Three", "Four"]);
    expect(vi.getTimerCount()).toBe(3);
  });
});
