import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import type { DeskEvent, IncidentView, MixerView } from "../../client/types";
import { Commands } from "../../state/commands";
import { Console } from "../../state/console";
import { heardIncidents } from "../../state/incidents";
import { heardMixing, NOTHING } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { incident, mixer } from "../../state/samples";
import { AboveDialogs, Dialog } from "../../ui/Dialog";
import { LostLine } from "./LostLine";

const LOST = incident({ code: "guest_lost", severity: "critical", source: "guest1" });
const scene = (id: string, source: string) => ({ id, label: id, background: "#000000", slots: [{ source }] });
const BOARD = { scenes: [scene("one", "guest1"), scene("two", "guest2")] };

const snapshot = (now: MixerView, ...incidents: IncidentView[]): DeskEvent =>
  ({ seq: 1, type: "snapshot", data: { mixer: now, board: BOARD, incidents } }) as unknown as DeskEvent;

/** A page with an open sheet that knows no more than snapshots say. */
function opened(first: DeskEvent) {
  const mixing = signal(NOTHING);
  const incidents = signal<readonly IncidentView[]>([]);
  const hear = (event: DeskEvent): void => {
    mixing.value = heardMixing(mixing.value, event);
    incidents.value = heardIncidents(incidents.value, event);
  };
  hear(first);
  const console = new Console(mixing, new Commands());
  const cut = vi.spyOn(console, "cut").mockResolvedValue();
  const operator = { console, incidents, mixing } as unknown as Operator;
  render(
    <AboveDialogs.Provider value={() => <LostLine operator={operator} />}>
      <Dialog title="A sheet" onClose={() => undefined}>
        {null}
      </Dialog>
    </AboveDialogs.Provider>,
  );
  return { cut, hear: (event: DeskEvent) => act(() => hear(event)) };
}

afterEach(cleanup);

it("says in an open sheet who is lost on air, by a snapshot alone, and cuts to a scene without them", async () => {
  const { cut, hear } = opened(snapshot(mixer({ program: "one" }), LOST));
  const line = within(screen.getByRole("dialog")).getByRole("alert");
  expect(line.textContent).toContain("Lost on air: Ada");
  fireEvent.click(within(line).getByRole("button", { name: "Cut to two" }));
  expect(cut).toHaveBeenCalledWith("two");
  await hear(snapshot(mixer({ program: "two" })));
  expect(screen.queryByRole("alert")).toBeNull();
});

it("says nothing of who is lost off air", () => {
  opened(snapshot(mixer({ program: "two" }), { ...LOST, severity: "warning" }));
  expect(screen.queryByRole("alert")).toBeNull();
});
