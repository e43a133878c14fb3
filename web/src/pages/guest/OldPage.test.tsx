import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { Build } from "../../state/build";
import { texts } from "../../texts";
import { OldPage } from "./OldPage";

const [title] = texts.guest.oldPage;

function shown(isSeated: boolean) {
  const reload = vi.fn();
  const build = new Build("a", reload);
  const { container, queryByRole, rerender } = render(<OldPage build={build} isSeated={isSeated} />);
  return { build, reload, container, queryByRole, rerender };
}

afterEach(cleanup);

it("says to a guest that their page is old, and reloads in the lobby alone, when they want it", async () => {
  const { build, reload, container, queryByRole, rerender } = shown(false);
  expect(container.textContent).toBe("");
  await act(() => build.hear("b"));
  expect(container.textContent).toContain(title);
  rerender(<OldPage build={build} isSeated />);
  expect(container.textContent).toContain(title);
  expect(queryByRole("button")).toBeNull();
  expect(reload).not.toHaveBeenCalled();
  rerender(<OldPage build={build} isSeated={false} />);
  queryByRole("button")?.click();
  expect(reload).toHaveBeenCalledTimes(1);
});
