import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { canShareScreen } from "../../client/devices";
import type { Media } from "../../state/media";
import type { Phase } from "../../state/page";
import type { Stage } from "../../state/stage";
import { sessionOf } from "../../state/status";
import { texts } from "../../texts";
import { adviceTexts } from "../../texts.checks";
import { Arrival } from "../../ui/Arrival";
import { DevicePickers, ProcessingSwitches, QualityPicker } from "../../ui/DevicePickers";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { DeviceButtons, SelfView } from "../../ui/SelfView";
import { TallyLine } from "../../ui/TallyLine";
import { ScreenCard } from "./ScreenCard";
import { StatusLine } from "./StatusLine";
import { StudioCard } from "./StudioCard";

interface InsideProps {
  phase: Extract<Phase, { kind: "inside" }>;
  stage: Stage;
  media: Media;
}

type Sheet = "settings" | "leave" | null;

/** Inside: how it stands, the guest's own picture, and the few things to press. */
export function Inside({ phase, stage, media }: InsideProps): JSX.Element {
  const sheet = useSignal<Sheet>(null);
  const { guest } = phase;
  const arrival = <Arrival title={texts.guest.arrives} session={sessionOf(guest, "camera")} />;
  const close = (): void => {
    sheet.value = null;
  };
  return (
    <div class={stage.onAir.value ? "guest-inside guest-on-air" : "guest-inside"}>
      {guest.state === "seated" ? <TallyLine tally={stage.eventsUp.value ? guest.tally : "unknown"} /> : null}
      <StatusLine phase={phase} stage={stage} media={media} onSettings={() => (sheet.value = "settings")} />
      {phase.info.returns ? (
        <div class="guest-pictures">
          <StudioCard phase={phase} speaks={stage.studio.value.speaks} />
          <div class="guest-self">
            <SelfView media={media} sending />
            {arrival}
          </div>
        </div>
      ) : (
        <SelfView media={media} sending />
      )}
      <div class="guest-buttons guest-bar">
        <DeviceButtons media={media} />
        <ShareButton stage={stage} />
        <SheetButton
          icon="settings"
          label={texts.guest.settings}
          onClick={() => (sheet.value = "settings")}
        />
        <SheetButton icon="leave" label={texts.guest.leave} danger onClick={() => (sheet.value = "leave")} />
      </div>
      <ScreenCard stage={stage} session={sessionOf(guest, "screen")} />
      {phase.info.returns ? null : arrival}
      {sheet.value === "settings" ? (
        <Dialog title={texts.guest.settings} onClose={close}>
          <SelfView media={media} sending />
          <DevicePickers media={media} />
          <QualityPicker media={media} most={phase.info.max_bitrate} />
          <ProcessingSwitches media={media} />
        </Dialog>
      ) : null}
      {sheet.value === "leave" ? <LeaveSheet stage={stage} onClose={close} /> : null}
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
    <button
      type="button"
      class={on ? "button button-tall button-active" : "button button-tall"}
      disabled={kind === "choosing"}
      onClick={() => void (on ? stage.screen.stop() : stage.screen.start())}
    >
      <Icon name="screen" />
      {on ? say.stopShare : kind === "choosing" ? say.choosing : say.share}
    </button>
  );
}

function LeaveSheet({ stage, onClose }: { stage: Stage; onClose: () => void }): JSX.Element {
  const say = texts.guest;
  return (
    <Dialog title={say.leaveSure} onClose={onClose}>
      {stage.onAir.value ? (
        <p class="guest-warning" role="alert">
          {adviceTexts.leaveOnAir}
        </p>
      ) : null}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {say.cancel}
        </button>
        <button type="button" class="button button-danger-solid" onClick={() => void stage.leave()}>
          {say.leaveYes}
        </button>
      </div>
    </Dialog>
  );
}
