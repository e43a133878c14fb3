import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { GuestView } from "../../client/types";
import type { Operator } from "../../state/operator";
import { StripHand } from "../../state/strip";
import { backstageTexts as say } from "../../texts.backstage";
import { HeldButton } from "../../ui/Held";
import { AskLines } from "./AskLines";
import "../../styles/guest-asks.css";

interface GuestAsksProps {
  operator: Operator;
  guest: GuestView;
}

/** What a guest's page can be asked for, what became of it, and what it shows; the fader mute asks nobody. */
export function GuestAsks({ operator, guest }: GuestAsksProps): JSX.Element {
  const { name, synthetic } = guest;
  const open = (of: "screen" | "devices"): void => {
    operator.guestSheet.value = { of, guest };
  };
  return (
    <div class="asks">
      {synthetic ? null : <MicButton operator={operator} guest={guest} />}
      {guest.seat ? <FaderMute operator={operator} seat={guest.seat} name={name} /> : null}
      {synthetic ? null : (
        <>
          <AskButton operator={operator} guest={guest} kind="camera_off" isDone={guest.camera === "off"} />
          <SheetButton word={say.devices} name={name} onOpen={() => open("devices")} />
          <SheetButton word={say.toScreen} name={name} onOpen={() => open("screen")} />
        </>
      )}
      {synthetic ? <p class="asks-line">{say.noPage}</p> : <AskLines operator={operator} guest={guest} />}
    </div>
  );
}

interface SheetButtonProps {
  word: string;
  name: string;
  onOpen: () => void;
}

function SheetButton({ word, name, onOpen }: SheetButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="button button-small"
      aria-haspopup="dialog"
      aria-label={say.askOf(word, name)}
      onClick={onOpen}
    >
      {word}
    </button>
  );
}

function MicButton({ operator, guest }: GuestAsksProps): JSX.Element {
  const isOff = guest.mic === "off";
  return (
    <AskButton
      operator={operator}
      guest={guest}
      kind={isOff ? "unmute_request" : "mute"}
      word={isOff ? say.askMicOn : say.kinds.mute}
    />
  );
}

interface AskButtonProps extends GuestAsksProps {
  kind: "mute" | "unmute_request" | "camera_off";
  word?: string;
  /** The page says that it is so already. */
  isDone?: boolean;
}

function AskButton({ operator, guest, kind, word, isDone = false }: AskButtonProps): JSX.Element {
  const { asks } = operator;
  const isPending = useComputed(() => asks.isPending(guest.id, kind)).value;
  const text = word ?? say.kinds[kind];
  return (
    <HeldButton
      class="button button-small"
      aria-label={say.askOf(text, guest.name)}
      busy={isPending}
      why={guest.away ? say.pageAway : isDone && say.isSoAlready}
      onClick={() => void asks.ask(guest.id, { kind })}
    >
      {text}
    </HeldButton>
  );
}

function FaderMute({
  operator,
  seat,
  name,
}: {
  operator: Operator;
  seat: string;
  name: string;
}): JSX.Element | null {
  const { mixing, commands } = operator;
  const hand = useMemo(() => new StripHand(seat, name, mixing, commands), [seat, name]);
  const isOurs = useComputed(() => mixing.value.board !== null).value;
  const isMuted = useComputed(() => mixing.value.board?.strips[seat]?.muted ?? false).value;
  if (!isOurs) return null;
  return (
    <button
      type="button"
      class={isMuted ? "button button-small strip-muted" : "button button-small"}
      aria-pressed={isMuted}
      aria-label={say.faderMuteOf(name)}
      aria-busy={hand.isPending("mute")}
      onClick={() => void hand.toggleMute()}
    >
      {say.faderMute}
    </button>
  );
}
