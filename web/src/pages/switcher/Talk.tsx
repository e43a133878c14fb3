import { useComputed } from "@preact/signals";
import type { ButtonHTMLAttributes, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { type Addressee, ALL } from "../../client/talkback";
import type { Desk } from "../../state/desk";
import { othersSay } from "../../state/hearing";
import type { Operator } from "../../state/operator";
import { PAGE_NAME } from "../../state/page-name";
import { talkSays } from "../../state/talkback";
import { mixerTexts } from "../../texts.mixer";
import { reasonOf } from "../../ui/Held";
import { Icon } from "../../ui/Icon";
import { LevelMeter } from "../../ui/LevelMeter";
import "../../styles/talk.css";

const say = mixerTexts.talk;

interface TalkButtonProps {
  operator: Operator;
  to: Addressee;
  /** Whom it speaks to. */
  name: string;
}

/** Speak for as long as it is held, by mouse, finger or key; nothing where nothing here makes returns. */
export function TalkButton({ operator, to, name }: TalkButtonProps): JSX.Element | null {
  const { talkback } = operator;
  const mixer = useComputed(() => operator.desk.value?.health.parts.mixer).value;
  const isBlocked = useComputed(() => operator.reach.isBlocked.value).value;
  const isHeld = useComputed(() => talkback.held.value === to).value;
  const isTaken = useComputed(() => talkback.hearing.value === to).value;
  const isHeard = isTaken && !(isHeld && talkback.microphone.isSilent.value);
  const release = (): void => talkback.release(to);
  // A hand that leaves the window, and a guest who leaves, let go as well.
  useEffect(() => {
    if (!isHeld) return;
    window.addEventListener("blur", release);
    return () => {
      window.removeEventListener("blur", release);
      release();
    };
  }, [isHeld, to]);
  if (mixer === undefined) return null;
  const why = mixer !== "ok" ? mixerTexts.away[0] : isBlocked ? say.blocked : null;
  const isOff = why !== null && !isHeld;
  return (
    <button
      type="button"
      class={isHeld && isHeard ? "button button-small talk button-primary" : "button button-small talk"}
      aria-disabled={isOff}
      {...reasonOf(isOff && why)}
      aria-label={to === ALL ? say.all : say.to(name)}
      aria-pressed={isHeld}
      aria-busy={isHeld && !isTaken}
      {...holding(() => {
        if (!isOff) talkback.press(to);
      }, release)}
    >
      <Icon name="mic" />
      {to === ALL ? say.all : say.button}
    </button>
  );
}

/** What a hand does on a button that is held. */
function holding(press: () => void, release: () => void): ButtonHTMLAttributes {
  const isPress = ({ key }: KeyboardEvent): boolean => key === " " || key === "Enter";
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      // The tile grows while it is held, and must not slip away from under the hand.
      event.currentTarget.setPointerCapture(event.pointerId);
      press();
    },
    onPointerUp: release,
    onLostPointerCapture: release,
    onKeyDown: (event) => {
      if (isPress(event) && !event.repeat) press();
    },
    onKeyUp: (event) => {
      if (isPress(event)) release();
    },
    onBlur: release,
    onContextMenu: (event) => event.preventDefault(),
  };
}

/** Who hears the operator and how loud they are, while a button is held; else whom the others speak to. */
export function TalkLine({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  const { held, hearing, link, microphone } = operator.talkback;
  const to = held.value;
  const name = (to !== null && desk.guests.get(to)?.name) || "";
  const said = talkSays(to, hearing.value, link.value, name, microphone.isSilent.value);
  return (
    <>
      {to === null ? null : (
        <span class="talk-level">
          <LevelMeter track={microphone.speaking.value} label={say.level} />
        </span>
      )}
      <span class="desk-hint" role="status">
        {said ?? othersSay(desk, PAGE_NAME)}
      </span>
    </>
  );
}
