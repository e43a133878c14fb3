import type { JSX } from "preact";
import { canShareScreen } from "../../client/devices";
import type { Media } from "../../state/media";
import type { Stage } from "../../state/stage";
import { texts } from "../../texts";
import { backstageTexts } from "../../texts.guest-backstage";
import { HeldButton } from "../../ui/Held";
import { Icon } from "../../ui/Icon";
import { DeviceButtons } from "../../ui/SelfView";

export type Sheet = "settings" | "leave";

interface GuestBarProps {
  stage: Stage;
  media: Media;
  onSheet: (sheet: Sheet) => void;
}

/** The few things to press, always at the same place. */
export function GuestBar({ stage, media, onSheet }: GuestBarProps): JSX.Element {
  return (
    <div class="guest-buttons guest-bar">
      <DeviceButtons media={media} />
      <HandButton stage={stage} />
      <ChatButton stage={stage} />
      <ShareButton stage={stage} />
      <SheetButton icon="settings" label={texts.guest.settings} onClick={() => onSheet("settings")} />
      <SheetButton icon="leave" label={texts.guest.leave} danger onClick={() => onSheet("leave")} />
    </div>
  );
}

interface SheetButtonProps {
  icon: "settings" | "leave";
  label: string;
  danger?: boolean;
  onClick: () => void;
}

function SheetButton({ icon, label, danger = false, onClick }: SheetButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={danger ? "button button-tall button-danger" : "button button-tall"}
      aria-haspopup="dialog"
      onClick={onClick}
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}

function ShareButton({ stage }: { stage: Stage }): JSX.Element | null {
  if (!canShareScreen()) return null;
  const { kind } = stage.screen.state.value;
  const on = kind === "on";
  const say = texts.guest;
  return (
    <HeldButton
      class={on ? "button button-tall button-active" : "button button-tall"}
      busy={kind === "choosing"}
      onClick={() => void (on ? stage.screen.stop() : stage.screen.start())}
    >
      <Icon name="screen" />
      {on ? say.stopShare : kind === "choosing" ? say.choosing : say.share}
    </HeldButton>
  );
}

function HandButton({ stage }: { stage: Stage }): JSX.Element {
  const { hand } = stage.backstage;
  const say = backstageTexts.hand;
  const up = hand.up.value;
  const wanted = hand.wanted.value;
  const words = wanted === null ? (up ? say.lower : say.raise) : wanted ? say.raising : say.lowering;
  return (
    <button
      type="button"
      class={up ? "button button-tall button-active" : "button button-tall"}
      aria-busy={wanted !== null}
      onClick={() => void hand.turn()}
    >
      <Icon name="hand" />
      {words}
    </button>
  );
}

function ChatButton({ stage }: { stage: Stage }): JSX.Element {
  const { open, unread } = stage.backstage.chat;
  const say = backstageTexts.chat;
  const fresh = unread.value;
  return (
    <button
      type="button"
      class={open.value ? "button button-tall button-active" : "button button-tall"}
      aria-expanded={open.value}
      onClick={() => {
        open.value = !open.peek();
      }}
    >
      <Icon name="chat" />
      {say.title}
      {fresh > 0 ? (
        <span class="guest-unread" title={say.unread(fresh)}>
          {fresh}
        </span>
      ) : null}
    </button>
  );
}
