import { signal } from "@preact/signals";
import { cleanup, render } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { Alerts } from "../../state/alerts";
import type { Operator } from "../../state/operator";
import { incident } from "../../state/samples";
import { ServerClock } from "../../state/server-clock";
import { HealthDrawer } from "./Health";

const NOW = Date.parse("2026-11-26T10:30:00Z");

afterEach(cleanup);

it("tells what is done against what lasts, and what was done against what is over", () => {
  const lasting = incident({ id: "now", done: "It is tried again.", since: "2026-11-26T10:20:00Z" });
  const over = incident({ ...lasting, id: "over", ended: "2026-11-26T10:25:00Z" });
  const factsOf = (...incidents: (typeof over)[]): string[] => {
    const operator: Partial<Operator> = {
      alerts: new Alerts(signal(false)),
      clock: new ServerClock(() => NOW),
      eventsUp: signal(true),
      incidents: signal(incidents),
    };
    const { container, unmount } = render(
      <HealthDrawer operator={operator as Operator} onClose={() => undefined} />,
    );
    const facts = [...container.querySelectorAll("dt")].map(({ textContent }) => textContent);
    unmount();
    return facts;
  };
  expect(factsOf(lasting)).toEqual(["What is done", "What to do"]);
  expect(factsOf(over)).toEqual(["What was done"]);
});
