import { cleanup, render } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { destination } from "../../state/samples";
import { OutputFigures } from "./OutputFigures";

afterEach(cleanup);

it("says for how long an output has been live, and how much it has sent", () => {
  const text = (change: Parameters<typeof destination>[0]): string =>
    render(<OutputFigures status={destination(change)} />).container.textContent ?? "";
  expect(text({ live_ms: 61_000, bytes_sent: 12_400_000 })).toBe("live for 0:01:01 · 12 MB sent");
  expect(text({ live_ms: null, bytes_sent: 12_400_000, state: "retrying" })).toBe("12 MB sent");
  expect(text({ live_ms: null, bytes_sent: 0, state: "connecting" })).toBe("");
});
