import { expect, it } from "vitest";
import { sameList } from "./same-list";

it("keeps a list as long as its items are the same", () => {
  const [a, b] = [{ id: "a" }, { id: "b" }];
  const was = [a, b];
  expect(sameList(was, [a, b])).toBe(was);
  for (const is of [[b, a], [a], [a, b, a], [a, { id: "b" }]]) expect(sameList(was, is)).toBe(is);
});
