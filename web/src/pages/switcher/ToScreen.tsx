import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { GuestView } from "../../client/types";
import type { Asks } from "../../state/asks";
import { backstageTexts as say } from "../../texts.backstage";
import { Dialog } from "../../ui/Dialog";
import { NumberField, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";

/** As control takes them. */
const MESSAGE_LENGTH = 500;
const PROMPTER_LENGTH = 20_000;
const LONGEST_S = 86_400;
const SPEED = { least: 0, most: 400, usual: 120 };
const SIZE = { least: 2, most: 25, usual: 6 };
const PROMPTER_LINES = 4;
/** What says itself why control refuses it. */
export const SCREEN_FIELDS = [
  "message.text",
  "countdown.seconds",
  "prompter.text",
  "prompter.speed",
  "prompter.size",
] as const;

interface PartProps {
  asks: Asks;
  guest: GuestView;
  /** Nothing reaches them any more. */
  isGone: boolean;
}

interface ToScreenProps extends PartProps {
  onClose: () => void;
  /** What became of what was sent. */
  children: ComponentChildren;
}

/** A message, a countdown or a text to read, for one guest's screen. */
export function ToScreen({ asks, guest, isGone, onClose, children }: ToScreenProps): JSX.Element {
  return (
    <Dialog title={say.toScreenOf(guest.name)} onClose={onClose}>
      {children}
      <MessagePart asks={asks} guest={guest} isGone={isGone} />
      <CountdownPart asks={asks} guest={guest} isGone={isGone} />
      <PrompterPart asks={asks} guest={guest} isGone={isGone} />
    </Dialog>
  );
}

/** Why nothing can be sent: nobody is there, or nothing is written. */
function whyNot({ name }: GuestView, isGone: boolean, text?: string): string | null {
  if (isGone) return say.sheetGone(name);
  return text !== undefined && !text.trim() ? say.nothingWritten : null;
}

function MessagePart({ asks, guest, isGone }: PartProps): JSX.Element {
  const text = useSignal("");
  const isPending = useComputed(() => asks.isPending(guest.id, "message")).value;
  const send = (event: Event): void => {
    event.preventDefault();
    void asks.ask(guest.id, { kind: "message", text: text.value.trim() });
  };
  return (
    <form class="asks-part" onSubmit={send}>
      <TextField
        label={say.message}
        hint={say.messageHint}
        value={text.value}
        error={asks.errorAt(guest.id, "message.text")}
        maxLength={MESSAGE_LENGTH}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <HeldButton type="submit" class="button" busy={isPending} why={whyNot(guest, isGone, text.value)}>
        {say.send}
      </HeldButton>
    </form>
  );
}

function CountdownPart({ asks, guest, isGone }: PartProps): JSX.Element {
  const seconds = useSignal(60);
  const isPending = useComputed(() => asks.isPending(guest.id, "countdown")).value;
  const send = (event: Event): void => {
    event.preventDefault();
    void asks.ask(guest.id, { kind: "countdown", seconds: Math.round(seconds.value) });
  };
  return (
    <form class="asks-part" onSubmit={send}>
      <NumberField
        label={say.countdown}
        unit="s"
        least={1}
        most={LONGEST_S}
        error={asks.errorAt(guest.id, "countdown.seconds")}
        value={seconds.value}
        onChange={(value) => {
          seconds.value = value;
        }}
      />
      <HeldButton type="submit" class="button" busy={isPending} why={whyNot(guest, isGone)}>
        {say.countdownNow}
      </HeldButton>
    </form>
  );
}

function PrompterPart({ asks, guest, isGone }: PartProps): JSX.Element {
  const text = useSignal("");
  const speed = useSignal(SPEED.usual);
  const size = useSignal(SIZE.usual);
  const isPending = useComputed(() => asks.isPending(guest.id, "prompter")).value;
  const refused = (field: "text" | "speed" | "size"): string | undefined =>
    asks.errorAt(guest.id, `prompter.${field}`);
  const send = (event: Event): void => {
    event.preventDefault();
    const { value } = text;
    void asks.ask(guest.id, { kind: "prompter", text: value, speed: speed.value, size: size.value });
  };
  return (
    <form class="asks-prompter" onSubmit={send}>
      <TextField
        label={say.prompter}
        hint={say.prompterHint}
        error={refused("text")}
        lines={PROMPTER_LINES}
        value={text.value}
        maxLength={PROMPTER_LENGTH}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <div class="asks-numbers">
        <Figure label={say.speed} of={speed} bounds={SPEED} step={10} error={refused("speed")} />
        <Figure label={say.size} of={size} bounds={SIZE} step={1} error={refused("size")} />
      </div>
      <div class="dialog-actions">
        <HeldButton type="submit" class="button" busy={isPending} why={whyNot(guest, isGone, text.value)}>
          {say.prompterNow}
        </HeldButton>
      </div>
    </form>
  );
}

interface FigureProps {
  label: string;
  of: { value: number };
  bounds: { least: number; most: number };
  step: number;
  error: string | undefined;
}

function Figure({ label, of, bounds: { least, most }, step, error }: FigureProps): JSX.Element {
  return (
    <NumberField
      label={label}
      value={of.value}
      step={step}
      least={least}
      most={most}
      error={error}
      onChange={(value) => {
        of.value = Math.round(Math.min(most, Math.max(least, value)));
      }}
    />
  );
}
