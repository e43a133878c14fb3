import { cleanup, fireEvent, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HeldButton } from "./Held";
import { Reasons } from "./Reasons";

afterEach(cleanup);

describe("Reasons", () => {
  it("says at a tap and at the focus why a button does nothing, and is quiet about others", () => {
    const press = vi.fn();
    const { getByText, container } = render(
      <>
        <Reasons />
        <HeldButton why="Nothing is written yet." onClick={press}>
          Send
        </HeldButton>
        <HeldButton why={null} onClick={press}>
          Close
        </HeldButton>
      </>,
    );
    const bubble = container.querySelector(".reason");
    const send = getByText("Send");
    fireEvent.click(send);
    expect([bubble?.textContent, send.title]).toEqual(["Nothing is written yet.", "Nothing is written yet."]);
    fireEvent.focusOut(send);
    expect(bubble?.textContent).toBe("");
    fireEvent.focusIn(send);
    expect(bubble?.textContent).toBe("Nothing is written yet.");
    expect(press).not.toHaveBeenCalled();
    fireEvent.click(getByText("Close"));
    expect(bubble?.textContent).toBe("");
    expect(press).toHaveBeenCalledTimes(1);
  });
});
