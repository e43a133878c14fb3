import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { LinkState } from "../../client/lasting";
import { pathOf } from "../../client/paths";
import { type Listening, PROGRAM } from "../../state/listening";
import type { Operator } from "../../state/operator";
import { nameOfSource } from "../../state/people";
import type { Reach } from "../../state/reach";
import type { Viewer } from "../../state/viewer";
import { mixerTexts as say } from "../../texts.mixer";
import { Aloud } from "../../ui/Aloud";
import { HttpSound } from "../../ui/HttpSound";
import { Icon } from "../../ui/Icon";
import { useHttp } from "../../ui/use-reach";

interface ListenButtonProps {
  listening: Listening;
  what: string;
  name: string;
  /** Shown beside the sign, where there is room. */
  word?: string;
}

/** Hear this alone; pressed while it is heard. */
export function ListenButton({ listening, what, name, word }: ListenButtonProps): JSX.Element {
  const on = listening.to.value === what;
  return (
    <button
      type="button"
      class={on ? "button button-small button-active strip-listen" : "button button-small strip-listen"}
      aria-pressed={on}
      aria-label={say.listenTo(name)}
      title={say.listenTo(name)}
      onClick={() => listening.toggle(what)}
    >
      <Icon name="listen" />
      {word}
    </button>
  );
}

/** What is listened to, and its sound. */
export function ListenLine({ operator }: { operator: Operator }): JSX.Element | null {
  const { listening, reach } = operator;
  const what = listening.to.value;
  const viewer = listening.viewer.value;
  if (!viewer) return null;
  const name = what === null ? answeringOf(operator) : nameOf(operator, what);
  return <Heard key={viewer.id} viewer={viewer} name={name} reach={reach} />;
}

interface HeardProps {
  viewer: Viewer;
  name: string;
  reach: Reach;
}

function Heard({ viewer, name, reach }: HeardProps): JSX.Element {
  const link = viewer.link.value;
  const stream = viewer.stream.value;
  const byHttp = useHttp(reach, { isWanted: true, link });
  const isBlocked = useSignal(false);
  const onBlocked = (blocked: boolean): void => {
    isBlocked.value = blocked;
  };
  const waits = isBlocked.value && (byHttp.isTaken || stream !== null);
  const said = byHttp.plays ? say.listeningByHttp : sayOf(link, viewer.flows.value);
  const word = say.listenBlocked(name);
  return (
    <span class="sound-listen" role="status">
      {waits ? null : <span class="desk-hint">{said(name)}</span>}
      {byHttp.isTaken ? (
        <HttpSound path={viewer.path} word={word} onPlays={byHttp.onPlays} onBlocked={onBlocked} />
      ) : stream ? (
        <Aloud stream={stream} word={word} onBlocked={onBlocked} />
      ) : null}
    </span>
  );
}

/** What is said of the sound by WebRTC. */
function sayOf({ kind }: LinkState, flows: boolean): (name: string) => string {
  if (kind === "waiting" || kind === "refused" || !flows) return say.listenFailed;
  return kind === "connected" ? say.listening : say.listenOpening;
}

/** One guest by name, or all of them. */
function answeringOf(operator: Operator): string {
  const [first, ...others] = operator.listening.answers.value;
  if (first === undefined || others.length > 0) return say.talk.guests;
  const guests = [...(operator.desk.value?.guests.values() ?? [])];
  return guests.find((guest) => pathOf(guest) === first)?.name ?? first;
}

function nameOf(operator: Operator, what: string): string {
  if (what === PROGRAM) return say.program;
  const { board, people } = operator.mixing.value;
  const source = board?.sources.find(({ id }) => id === what);
  return source ? nameOfSource(people, source) : what;
}
