import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api";
import { Commands } from "./commands";

describe("Commands", () => {
  it("is pending until the answer, and does one thing at a time with one guest", async () => {
    const commands = new Commands();
    let answer: (value: string) => void = () => undefined;
    const first = commands.run("g1", "Seat", () => new Promise<string>((resolve) => (answer = resolve)));
    expect(commands.pending.value.has("g1")).toBe(true);
    expect(await commands.run("g1", "Seat", async () => "second")).toBeNull();
    expect(await commands.run("g2", "Seat", async () => "other")).toBe("other");
    answer("done");
    expect(await first).toBe("done");
    expect(commands.pending.value.size).toBe(0);
  });

  it("keeps errors until they are read", async () => {
    const commands = new Commands();
    const fail = (message: string) => () => Promise.reject(new ApiError(409, "seat_taken", message, "Wait."));
    expect(await commands.run("g1", "Seat", fail("first"))).toBeNull();
    await commands.run("g1", "Seat", fail("second"));
    const [first] = commands.errors.value;
    expect(first).toMatchObject({ title: "Seat", message: "first", hint: "Wait." });
    commands.dismiss(first?.id ?? 0);
    expect(commands.errors.value.map(({ message }) => message)).toEqual(["second"]);
    expect(commands.pending.value.size).toBe(0);
  });

  it.each([
    [new ApiError(0, "unreachable", "no answer"), "Check your connection"],
    [new ApiError(403, "http_403", "Forbidden"), "in front of the server"],
    [new ApiError(0, "bad_answer", ""), "in front of the server"],
    [new TypeError("oops"), "Reload"],
  ])("says what to do after %s", async (error, hint) => {
    const commands = new Commands();
    expect(await commands.run("g1", "Seat", () => Promise.reject(error))).toBeNull();
    expect(commands.errors.value[0]?.hint).toContain(hint);
    expect(commands.pending.value.size).toBe(0);
  });
});
