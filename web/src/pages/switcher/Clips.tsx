import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ClipStatus, SourceView } from "../../client/types";
import { type Clip, ClipHand, clipsOf, place, stillsOf } from "../../state/clips";
import { sentences } from "../../state/format";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import type { Tone } from "../../state/status";
import { mediaTexts as say } from "../../texts.media";
import { Chip } from "../../ui/Chip";
import { HeldButton, reasonOf } from "../../ui/Held";
import { FramingButton } from "./FramingButton";
import { SourceKey } from "./SourceKey";
import "../../styles/clips.css";

const TONES: Record<ClipStatus["state"], Tone | "off"> = {
  cued: "wait",
  playing: "good",
  paused: "warn",
  ended: "off",
};

interface ClipsProps {
  operator: Operator;
  onMedia: () => void;
}

/** Clips with their transport, and stills: the sources that show media. */
export function Clips({ operator, onMedia }: ClipsProps): JSX.Element {
  const clips = useComputed(() => clipsOf(operator.mixing.value)).value;
  const stills = useComputed(() => stillsOf(operator.mixing.value)).value;
  return (
    <section aria-label={say.clips}>
      <header class="desk-section outputs-head">
        <h2>{say.clips}</h2>
        <button type="button" class="button button-small" onClick={onMedia}>
          {say.openMedia}
        </button>
      </header>
      {clips.length + stills.length === 0 ? <p class="desk-nobody">{say.noClips}</p> : null}
      <ul class="outputs">
        {clips.map((clip) => (
          <ClipRow key={clip.source.id} clip={clip} operator={operator} />
        ))}
        {stills.map((source) => (
          <StillRow key={source.id} source={source} operator={operator} />
        ))}
      </ul>
    </section>
  );
}

const useHand = ({ mixing, commands, console }: Operator, id: string): ClipHand =>
  useMemo(() => new ClipHand(id, mixing, commands, console.deleted), [id]);

function ClipRow({ clip, operator }: { clip: Clip; operator: Operator }): JSX.Element {
  const { source, status, onAir, reason } = clip;
  const name = labelOf(source);
  const hand = useHand(operator, source.id);
  return (
    <li class="clip" aria-label={name}>
      <div class="clip-what">
        <b class="clip-name">{name}</b>
        {onAir ? <Chip tone="bad">{say.onAir}</Chip> : null}
        {status ? (
          <Chip tone={TONES[status.state]}>{say.states[status.state]}</Chip>
        ) : (
          <Chip tone="off">{say.opening}</Chip>
        )}
        <Remaining status={status} />
      </div>
      <Place name={name} status={status} hand={hand} />
      <Transport name={name} source={source} status={status} hand={hand} />
      <div class="clip-ends">
        <FramingButton source={source.id} console={operator.console} />
        <SourceKey console={operator.console} source={source.id} name={name} />
        <DropSource name={name} onAir={onAir} hand={hand} />
      </div>
      {reason && !status ? <p class="field-error clip-reason">{sentences(reason)}</p> : null}
    </li>
  );
}

/** What is left of it, large enough for two metres. */
function Remaining({ status }: { status: ClipStatus | null }): JSX.Element | null {
  if (status?.remaining_s == null) return null;
  return (
    <span class="clip-left" role="timer" aria-label={say.leftLabel}>
      {say.left(place(status.remaining_s))}
    </span>
  );
}

interface HandProps {
  name: string;
  status: ClipStatus | null;
  hand: ClipHand;
}

function Place({ name, status, hand }: HandProps): JSX.Element {
  const whole = status?.duration_s ?? 0;
  const at = hand.at.value ?? status?.at_s ?? 0;
  const words = say.at(place(at), place(whole));
  return (
    <>
      <input
        class="clip-place"
        type="range"
        min="0"
        max={whole}
        step="0.04"
        value={at}
        disabled={whole === 0}
        {...reasonOf(whole === 0 && say.notReady)}
        aria-label={say.seek(name)}
        aria-valuetext={words}
        onInput={(event) => hand.seek(event.currentTarget.valueAsNumber)}
        onChange={() => hand.leave()}
      />
      <span class="clip-times">{words}</span>
    </>
  );
}

function Transport({ name, source, status, hand }: HandProps & { source: SourceView }): JSX.Element {
  const verb = status?.state === "playing" ? "pause" : "play";
  return (
    <div class="clip-buttons">
      <HeldButton
        class="button button-small"
        why={status === null && say.notReady}
        aria-label={say.of(say[verb], name)}
        isComing={hand.isPending(verb)}
        onClick={() => void hand.steer(verb)}
      >
        {say[verb]}
      </HeldButton>
      <HeldButton
        class="button button-small"
        why={status === null && say.notReady}
        aria-label={say.of(say.cue, name)}
        isComing={hand.isPending("cue")}
        onClick={() => void hand.steer("cue")}
      >
        {say.cue}
      </HeldButton>
      <HeldButton
        class={source.loop ? "button button-small button-active" : "button button-small"}
        aria-label={say.of(say.loop, name)}
        aria-pressed={source.loop}
        busy={hand.isPending("loop")}
        onClick={() => void hand.toggleLoop()}
      >
        {say.loop}
      </HeldButton>
    </div>
  );
}

function DropSource({ name, onAir, hand }: { name: string; onAir: boolean; hand: ClipHand }): JSX.Element {
  return (
    <HeldButton
      class="button button-small button-quiet clip-drop"
      aria-label={say.dropSourceOf(name)}
      why={onAir && say.dropOnAir}
      busy={hand.isPending("remove")}
      onClick={() => void hand.remove()}
    >
      {say.dropSource}
    </HeldButton>
  );
}

function StillRow({ source, operator }: { source: SourceView; operator: Operator }): JSX.Element {
  const name = labelOf(source);
  const hand = useHand(operator, source.id);
  const onAir = useComputed(() => operator.mixing.value.mixer?.tally[source.id] === "program").value;
  return (
    <li class="clip clip-still" aria-label={name}>
      <div class="clip-what">
        <b class="clip-name">{name}</b>
        {onAir ? <Chip tone="bad">{say.onAir}</Chip> : null}
        <Chip tone="off">{say.still}</Chip>
        {source.duration_s === null ? null : <span class="desk-hint">{say.leaves(source.duration_s)}</span>}
      </div>
      <div class="clip-ends">
        <FramingButton source={source.id} console={operator.console} />
        <SourceKey console={operator.console} source={source.id} name={name} />
        <DropSource name={name} onAir={onAir} hand={hand} />
      </div>
    </li>
  );
}
