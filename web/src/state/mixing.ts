/** What the mixer says and what the operator has set, as control tells it. */

import type { BoardView, CanvasSize, DeskEvent, MixerView, SceneView, SourceView } from "../client/types";

export interface Mixing {
  /** What the mixer says; null while it is not there. */
  mixer: MixerView | null;
  /** What the operator set; null where another program mixes. */
  board: BoardView | null;
  /** The second canvas's size, as the mixer said it last; null without one. */
  second: CanvasSize | null;
  /** Who sits where: guests' names by their seats. */
  people: ReadonlyMap<string, string>;
}

export const NOTHING: Mixing = { mixer: null, board: null, second: null, people: new Map() };

export type SceneTally = "program" | "preview" | "off";

/** A mixer that is away has the canvas that it had: what is made for that is not to go. */
const secondOf = (before: Mixing, mixer: MixerView | null): CanvasSize | null =>
  mixer ? mixer.second_canvas : before.second;

/** The mixing after an event. */
export function heardMixing(mixing: Mixing, event: DeskEvent): Mixing {
  switch (event.type) {
    case "snapshot":
      return {
        ...mixing,
        mixer: event.data.mixer,
        board: event.data.board,
        second: secondOf(mixing, event.data.mixer),
      };
    case "mixer":
      return {
        ...mixing,
        mixer: event.data,
        second: secondOf(mixing, event.data),
      };
    case "board": {
      if (!mixing.board) return mixing;
      const { sources, scenes, strips, overlays, outputs, transition, muted_by_all, tags } = event.data;
      const old = mixing.board;
      const board: BoardView = {
        sources: sources ?? old.sources,
        scenes: scenes ?? old.scenes,
        strips: strips ?? old.strips,
        overlays: overlays ?? old.overlays,
        outputs: outputs ?? old.outputs,
        transition: transition ?? old.transition,
        muted_by_all: muted_by_all ?? old.muted_by_all,
        tags: tags ?? old.tags,
      };
      return { ...mixing, board };
    }
    default:
      return mixing;
  }
}

/** Whether a scene is on air, by what the mixer confirms; during a transition both of its scenes are. */
export function tallyOf({ mixer }: Mixing, scene: string): SceneTally {
  if (!mixer) return "off";
  if (scene === mixer.program || scene === mixer.leaving) return "program";
  return scene === mixer.preview ? "preview" : "off";
}

/** The tag of what the operators set, as this page knows it; null where it is not there. */
export const tagOf = ({ board }: Mixing, of: keyof BoardView["tags"], id: string): string | null =>
  board?.tags[of][id] ?? null;

export const labelOf = ({ id, label }: Pick<SceneView | SourceView, "id" | "label">): string => label || id;

/** By how much the mixer holds a source back, milliseconds; null while it has none of it. */
export function playoutOf({ mixer }: Mixing, source: string): number | null {
  const status = mixer?.sources.find(({ id }) => id === source);
  return status?.state === "live" ? status.playout_ms : null;
}

/** What a shared screen's source is called by, after its seat. */
export const SCREEN = /-screen$/;

/** The sources that get a strip: the seats', and others with sound or on air; shared screens only then. */
export function stripsOf({ mixer, board }: Mixing): SourceView[] {
  const sounding = new Set(mixer?.sources.filter(({ has_audio }) => has_audio).map(({ id }) => id));
  const isOnAir = (id: string): boolean => mixer?.tally[id] === "program";
  return (board?.sources ?? []).filter(
    ({ id, kind }) =>
      (kind === "guest" && !SCREEN.test(id)) || sounding.has(id) || (isOnAir(id) && kind === "url"),
  );
}
