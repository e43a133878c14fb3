import { cleanup, render } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { Select } from "./Field";

afterEach(cleanup);

it("a choice says why it is refused", () => {
  const choice = (error?: string) => (
    <Select
      label="Time"
      value=""
      options={[{ value: "", label: "No time" }]}
      error={error}
      onChange={() => {}}
    />
  );
  const { getByLabelText, rerender } = render(choice("is not the id of a timer"));
  const select = getByLabelText("Time");
  const noteOf = () => document.getElementById(select.getAttribute("aria-describedby") ?? "-");
  expect([select.getAttribute("aria-invalid"), noteOf()?.textContent]).toEqual([
    "true",
    "is not the id of a timer",
  ]);
  rerender(choice());
  expect([select.hasAttribute("aria-invalid"), noteOf()]).toEqual([false, null]);
});
