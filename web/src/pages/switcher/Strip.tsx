import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Follow, SourceView } from "../../client/types";
import { decibels } from "../../state/format";
import { speakersTo } from "../../state/hearing";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { PAGE_NAME } from "../../state/page-name";
import { nameOfSource, personOf } from "../../state/people";
import { HIGHEST_DB, LOWEST_DB, StripHand } from "../../state/strip";
import { isShaped } from "../../state/strip-shape";
import { mixerTexts as say } from "../../texts.mixer";
import { HeldSelect } from "../../ui/Held";
import { ReductionMeter, SoundMeter } from "../../ui/SoundMeter";
import { ListenButton } from "./Listen";
import { StripSheet } from "./StripSheet";

const FOLLOWS = ["follow", "open", "off"] as const satisfies readonly Follow[];

/** That somebody speaks to whose strip it is; nothing while nobody does. */
function Talkback({ operator, seat }: { operator: Operator; seat: string }): JSX.Element | null {
  const speakers = useComputed(() => {
    const guests = [...(operator.desk.value?.guests.values() ?? [])];
    const guest = guests.find((each) => each.state === "seated" && each.seat === seat);
    return guest ? speakersTo(guest, PAGE_NAME).join(", ") : "";
  }).value;
  if (speakers === "") return null;
  return (
    <p class="strip-state strip-state-talk" title={say.hearing.talkbackBy(speakers)}>
      {say.hearing.talkback}
    </p>
  );
}

function State({ heard, muted }: { heard: boolean; muted: boolean }): JSX.Element {
  if (muted) return <p class="strip-state strip-state-muted">{say.muted}</p>;
  return <p class="strip-state">{heard ? say.heard : say.notHeard}</p>;
}

interface StripProps {
  source: SourceView;
  operator: Operator;
}

/** One source's sound: what it is, what comes of it, and what is done with it. */
export function Strip({ source, operator }: StripProps): JSX.Element {
  const { mixing, commands, levels, listening } = operator;
  const { id } = source;
  const label = labelOf(source);
  const people = useComputed(() => mixing.value.people).value;
  const person = personOf(people, source);
  const name = nameOfSource(people, source);
  const hand = useMemo(() => new StripHand(id, label, mixing, commands), [id, label]);
  const strip = useComputed(() => mixing.value.board?.strips[id]).value;
  const heard = useComputed(() => mixing.value.mixer?.heard.includes(id) ?? false).value;
  const shaped = strip ? isShaped(strip) : false;
  const isOpen = useSignal(false);
  const gain = hand.fader.value ?? strip?.gain_db ?? 0;
  return (
    <article class={heard ? "strip strip-heard" : "strip"} aria-label={name}>
      <h3 class="strip-name" style={{ borderTopColor: source.color }}>
        <button
          type="button"
          class="strip-open"
          aria-haspopup="dialog"
          title={say.shape.open(name)}
          onClick={() => (isOpen.value = true)}
        >
          <span class="strip-label">{label}</span>
          {person === null ? null : <span class="strip-person">{person}</span>}
        </button>
      </h3>
      {isOpen.value ? (
        <StripSheet source={source} operator={operator} onClose={() => (isOpen.value = false)} />
      ) : null}
      <div class="strip-states">
        <State heard={heard} muted={strip?.muted ?? false} />
        <Talkback operator={operator} seat={id} />
      </div>
      <div class="strip-body">
        <SoundMeter levels={levels} source={id} label={say.level(name)} />
        {shaped ? <ReductionMeter levels={levels} source={id} label={say.shape.reduction(name)} /> : null}
        <Fader name={name} gain={gain} hand={hand} />
      </div>
      <p class="strip-gain">{decibels(gain)}</p>
      <div class="strip-buttons">
        <button
          type="button"
          class={
            strip?.muted ? "button button-small strip-mute strip-muted" : "button button-small strip-mute"
          }
          aria-pressed={strip?.muted ?? false}
          aria-label={say.muteOf(name)}
          aria-busy={hand.isPending("mute")}
          onClick={() => void hand.toggleMute()}
        >
          {say.mute}
        </button>
        <ListenButton listening={listening} what={id} name={name} />
      </div>
      <HeldSelect
        class="field-input strip-follow"
        aria-label={say.followOf(name)}
        value={strip?.follow ?? "follow"}
        busy={hand.isPending("follow")}
        onChoose={(value) => void hand.follow(FOLLOWS.find((each) => each === value) ?? "follow")}
      >
        {FOLLOWS.map((follow) => (
          <option key={follow} value={follow}>
            {say.follow[follow]}
          </option>
        ))}
      </HeldSelect>
    </article>
  );
}

function Fader({ name, gain, hand }: { name: string; gain: number; hand: StripHand }): JSX.Element {
  return (
    <input
      class="strip-fader"
      type="range"
      min={LOWEST_DB}
      max={HIGHEST_DB}
      step="0.5"
      value={gain}
      aria-label={say.fader(name)}
      aria-valuetext={decibels(gain)}
      title={say.usual}
      onInput={(event) => hand.move(event.currentTarget.valueAsNumber)}
      onChange={() => hand.leave()}
      onDblClick={() => {
        hand.move(0);
        hand.leave();
      }}
    />
  );
}
