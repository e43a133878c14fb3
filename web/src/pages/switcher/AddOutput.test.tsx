import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "../../client/api";
import { mixerApi } from "../../client/mixer";
import type { CanvasSize, OutputView } from "../../client/types";
import { NOTHING } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { AddOutput } from "./AddOutput";

const ADDRESS = "rtmp://studio.example/live";
const asked = vi.spyOn(mixerApi, "addOutput").mockResolvedValue({ output: {} as OutputView });

/** The body with which an output is asked for, once its address is filled in. */
async function adds(second: CanvasSize | null, choose: () => void = () => undefined): Promise<unknown> {
  const parts = { mixing: signal({ ...NOTHING, second }) };
  render(<AddOutput operator={parts as Partial<Operator> as Operator} onClose={() => undefined} />);
  await act(() => {
    fireEvent.input(screen.getByLabelText("Address"), { target: { value: ADDRESS } });
    choose();
  });
  await act(() => {
    fireEvent.click(screen.getByRole("button", { name: "Add" }));
  });
  return asked.mock.lastCall?.[0];
}

afterEach(cleanup);

it("publishes program where there is no other canvas to choose", async () => {
  expect(await adds(null)).toMatchObject({ url: ADDRESS, canvas: "program" });
  expect(screen.queryByLabelText("Canvas")).toBeNull();
});

it("publishes the canvas that was chosen", async () => {
  const choose = (): boolean =>
    fireEvent.change(screen.getByLabelText("Canvas"), { target: { value: "second" } });
  expect(await adds({ width: 720, height: 1280 }, choose)).toMatchObject({ canvas: "second" });
});

it("says at the field why its address is refused, once, and why it cannot be added without one", async () => {
  asked.mockRejectedValueOnce(new ApiError(422, "bad_value", "url: is no address of a server"));
  await adds(null);
  expect(screen.getAllByText(/is no address of a server/i)).toHaveLength(1);
  expect(screen.getByLabelText("Address").getAttribute("aria-invalid")).toBe("true");
  await act(() => {
    fireEvent.input(screen.getByLabelText("Address"), { target: { value: " " } });
  });
  expect(screen.getByRole("button", { name: "Add" }).getAttribute("data-why")).toBe(
    "There is no address yet.",
  );
});
