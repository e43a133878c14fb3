import { cleanup, render } from "@testing-library/preact";
import type { JSX } from "preact";
import { afterEach, describe, expect, it } from "vitest";
import { useFocusBack } from "./focus-back";

function Sheet({ name }: { name: string }): JSX.Element {
  useFocusBack();
  return (
    <section>
      <button type="button" id={name} />
    </section>
  );
}

const page = (sheet: string): JSX.Element => (
  <main>
    <button type="button" id="opener" />
    <button type="button" id="other" />
    {sheet ? <Sheet key={sheet} name={sheet} /> : null}
  </main>
);
const focus = (id: string): void => document.getElementById(id)?.focus();
const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

function opened() {
  const { rerender } = render(page(""));
  focus("opener");
  rerender(page("first"));
  focus("first");
  return rerender;
}

afterEach(cleanup);

describe("useFocusBack", () => {
  it("goes back to where the focus was", async () => {
    opened()(page(""));
    await frame();
    expect(document.activeElement?.id).toBe("opener");
  });

  it("goes back to where the first came from when another takes its place", async () => {
    const rerender = opened();
    rerender(page("second"));
    await frame();
    focus("second");
    rerender(page(""));
    await frame();
    expect(document.activeElement?.id).toBe("opener");
  });

  it("takes the focus from nobody who has gone elsewhere", async () => {
    const rerender = opened();
    focus("other");
    rerender(page(""));
    await frame();
    expect(document.activeElement?.id).toBe("other");
  });
});
