import { cleanup, fireEvent, render } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { Commands } from "../../state/commands";
import { Deleted } from "../../state/deleted";
import { DeletedNotices } from "./DeletedNotices";

afterEach(cleanup);

it("brings back one thing by each press, however long the key is held", async () => {
  const deleted = new Deleted(new Commands());
  const back: string[] = [];
  for (const name of ["Two Up", "Logo", "Clip"]) deleted.put(name, async () => back.push(name));
  render(<DeletedNotices deleted={deleted} />);
  const press = async (repeat: boolean): Promise<void> => {
    fireEvent.keyDown(document.body, { key: "z", ctrlKey: true, repeat });
    await vi.waitFor(() => expect(deleted.kept.value.some(({ id }) => deleted.isPending(id))).toBe(false));
  };
  for (const repeat of [false, true, true]) await press(repeat);
  expect(back).toEqual(["Clip"]);
  await press(false);
  expect(back).toEqual(["Clip", "Logo"]);
  deleted.kept.value.forEach(({ id }) => {
    deleted.drop(id);
  });
});
