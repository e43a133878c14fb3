import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useMemo } from "preact/hooks";
import type { Direction, TransitionKind } from "../../client/types";
import type { Console } from "../../state/console";
import { TbarHand } from "../../state/tbar";
import { mixerTexts as say } from "../../texts.mixer";
import { HeldButton, HeldSelect, reasonOf } from "../../ui/Held";
import "../../styles/take-bar.css";

const KINDS = ["mix", "dip", "wipe", "push", "slide"] as const satisfies readonly TransitionKind[];
const DIRECTIONS = ["left", "right", "up", "down"] as const satisfies readonly Direction[];
/** Where those that move do so while nobody has said otherwise. */
const USUAL: Partial<Record<TransitionKind, Direction>> = { wipe: "right", push: "left", slide: "left" };
const SECONDS = [0.25, 0.5, 1, 1.5, 2, 3];
const STEPS = 1000;

interface TakeBarProps {
  console: Console;
  onKeys: () => void;
}

/** Take, auto, the T-bar, the transition, and fade to black. */
export function TakeBar({ console, onKeys }: TakeBarProps): JSX.Element {
  return (
    <div class="take-bar">
      <Order console={console} name="take" label={say.take} run={() => console.take()} />
      <Order console={console} name="auto" label={say.auto} run={() => console.auto()} />
      <Tbar console={console} />
      <FadeButton console={console} />
      <div class="take-bar-second">
        <Kinds console={console} />
        <Way console={console} />
        <Duration console={console} />
        <SoundStays console={console} />
        <button type="button" class="button button-small button-quiet take-bar-keys" onClick={onKeys}>
          <kbd>?</kbd> {say.keys}
        </button>
      </div>
    </div>
  );
}

interface OrderProps {
  console: Console;
  name: "take" | "auto";
  label: string;
  run: () => Promise<void>;
}

function Order({ console, name, label, run }: OrderProps): JSX.Element {
  const isPending = console.isPending(name);
  return (
    <HeldButton
      class={`button take-button take-button-${name}`}
      why={!console.ready.value && say.away[0]}
      isComing={isPending}
      onClick={() => void run()}
    >
      {label}
    </HeldButton>
  );
}

function Tbar({ console }: { console: Console }): JSX.Element {
  const hand = useMemo(() => new TbarHand((place) => console.tbar(place)), [console]);
  const confirmed = useComputed(() => console.mixing.value.mixer?.position ?? 0).value;
  const isStinger = useComputed(() => console.mixing.value.board?.transition.kind === "stinger").value;
  const why = isStinger ? say.stingerByItself : !console.ready.value && say.away[0];
  const leave = (): void => hand.leave();
  const isHeldBack = Boolean(why);
  useEffect(() => {
    // Of a bar that cannot be moved any more browsers tell neither that its key nor that its button is let go.
    if (isHeldBack) hand.leave();
  }, [hand, isHeldBack]);
  return (
    <label class="take-bar-tbar" {...reasonOf(why)}>
      <span class="field-label">{say.tbar}</span>
      <input
        type="range"
        min="0"
        max={STEPS}
        value={Math.round((hand.place.value ?? confirmed) * STEPS)}
        disabled={isHeldBack}
        onInput={(event) => hand.move(event.currentTarget.valueAsNumber / STEPS)}
        onChange={leave}
        onKeyDown={(event) => {
          const isChord = event.ctrlKey || event.altKey || event.metaKey;
          if (!isChord && hand.press(event.key, confirmed)) event.preventDefault();
        }}
        onKeyUp={leave}
        onBlur={leave}
      />
    </label>
  );
}

function FadeButton({ console }: { console: Console }): JSX.Element {
  const black = console.toBlack.value;
  return (
    <HeldButton
      class={black ? "button button-danger-solid take-bar-fade" : "button take-bar-fade"}
      why={!console.ready.value && say.away[0]}
      aria-pressed={black}
      isComing={console.isPending("fade")}
      onClick={() => console.fade()}
    >
      {black ? say.unfade : say.fade}
    </HeldButton>
  );
}

/** Whether a fade to black leaves program's sound, as the mixer says. */
function SoundStays({ console }: { console: Console }): JSX.Element {
  const stays = useComputed(() => console.mixing.value.mixer?.black_is_silent === false).value;
  return (
    <HeldButton
      class={`button button-small take-bar-sound ${stays ? "button-active" : "button-quiet"}`}
      why={!console.ready.value && say.away[0]}
      aria-pressed={stays}
      title={say.soundStaysTitle}
      isComing={console.isPending("black")}
      onClick={() => void console.setBlackSilent(stays)}
    >
      {say.soundStays}
    </HeldButton>
  );
}

function Kinds({ console }: { console: Console }): JSX.Element {
  const transition = useComputed(() => console.mixing.value.board?.transition).value;
  const pending = console.isPending("transition");
  const kinds: readonly TransitionKind[] = transition?.file ? [...KINDS, "stinger"] : KINDS;
  return (
    <fieldset class="segments" aria-label={say.transition} aria-busy={pending}>
      {kinds.map((kind) => (
        <HeldButton
          key={kind}
          class="segment"
          aria-pressed={transition?.kind === kind}
          busy={pending}
          onClick={() => void console.setTransition({ kind })}
        >
          {say.kinds[kind]}
        </HeldButton>
      ))}
    </fieldset>
  );
}

/** Where a transition that moves goes to; others have none. */
function Way({ console }: { console: Console }): JSX.Element | null {
  const transition = useComputed(() => console.mixing.value.board?.transition).value;
  const usual = transition && USUAL[transition.kind];
  const id = useId();
  if (!usual) return null;
  return (
    <div class="take-bar-choice">
      <label class="field-label" for={id}>
        {say.direction}
      </label>
      <HeldSelect
        id={id}
        class="field-input"
        value={transition.direction ?? usual}
        busy={console.isPending("transition")}
        onChoose={(direction) => void console.setTransition({ direction: direction as Direction })}
      >
        {DIRECTIONS.map((direction) => (
          <option key={direction} value={direction}>
            {say.directions[direction]}
          </option>
        ))}
      </HeldSelect>
    </div>
  );
}

function Duration({ console }: { console: Console }): JSX.Element {
  const rate = useComputed(() => console.mixing.value.mixer?.frame_rate ?? 30).value;
  const transition = useComputed(() => console.mixing.value.board?.transition).value;
  const frames = transition?.frames ?? 15;
  const id = useId();
  const offered = [...new Set([...SECONDS.map((value) => Math.round(value * rate)), frames])];
  return (
    <div class="take-bar-choice">
      <label class="field-label" for={id}>
        {say.duration}
      </label>
      <HeldSelect
        id={id}
        class="field-input"
        value={frames}
        busy={console.isPending("transition")}
        onChoose={(count) => void console.setTransition({ frames: Number(count) })}
      >
        {offered
          .sort((a, b) => a - b)
          .map((count) => (
            <option key={count} value={count}>
              {say.seconds(count / rate)}
            </option>
          ))}
      </HeldSelect>
    </div>
  );
}
