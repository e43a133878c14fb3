import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { lightOf } from "../../state/light";
import type { Media } from "../../state/media";
import type { Phase } from "../../state/page";
import type { Stage } from "../../state/stage";
import { sessionOf } from "../../state/status";
import { texts } from "../../texts";
import { adviceTexts } from "../../texts.checks";
import { Arrival } from "../../ui/Arrival";
import { DevicePickers, ProcessingSwitches, QualityPicker } from "../../ui/DevicePickers";
import { Dialog } from "../../ui/Dialog";
import { SelfView } from "../../ui/SelfView";
import { TallyLine } from "../../ui/TallyLine";
import { ChatPanel } from "./ChatPanel";
import { Cues } from "./Cues";
import { GuestBar, type Sheet } from "./GuestBar";
import { OldPage } from "./OldPage";
import { Prompter } from "./Prompter";
import { ScreenCard } from "./ScreenCard";
import { StatusLine } from "./StatusLine";
import { StudioCard } from "./StudioCard";

interface InsideProps {
  phase: Extract<Phase, { kind: "inside" }>;
  stage: Stage;
  media: Media;
}

/** Inside: how it stands, what the producer has to say, the pictures, and the few things to press. */
export function Inside({ phase, stage, media }: InsideProps): JSX.Element {
  const sheet = useSignal<Sheet | null>(null);
  const { guest } = phase;
  const { backstage } = stage;
  const open = (wanted: Sheet): void => {
    sheet.value = wanted;
  };
  const prompter = backstage.commands.shown.value.prompter;
  const classes = ["guest-inside", stage.onAir.value ? "guest-on-air" : "", prompter ? "guest-prompted" : ""];
  return (
    <>
      <div class={classes.filter(Boolean).join(" ")}>
        <div class="guest-top">
          {guest.state === "seated" ? (
            <TallyLine light={stage.eventsUp.value ? lightOf(guest) : "unknown"} />
          ) : null}
          <Cues backstage={backstage} />
        </div>
        <StatusLine phase={phase} stage={stage} media={media} onSettings={() => open("settings")} />
        <OldPage build={stage.build} isSeated={guest.state === "seated"} />
        <Pictures phase={phase} stage={stage} media={media} />
        <GuestBar stage={stage} media={media} onSheet={open} />
        <ScreenCard stage={stage} session={sessionOf(guest, "screen")} />
        {phase.info.returns ? null : <Arriving phase={phase} stage={stage} />}
        <Sheets sheet={sheet} phase={phase} stage={stage} media={media} />
      </div>
      {backstage.chat.open.value ? <ChatPanel chat={backstage.chat} own={guest.id} /> : null}
    </>
  );
}

const Arriving = ({ phase, stage }: Pick<InsideProps, "phase" | "stage">): JSX.Element => (
  <Arrival
    title={texts.guest.arrives}
    session={sessionOf(phase.guest, "camera")}
    isOld={!stage.eventsUp.value}
  />
);

/** What comes from the studio, with what is to be read over it, and the guest's own picture. */
function Pictures({ phase, stage, media }: InsideProps): JSX.Element {
  const { commands } = stage.backstage;
  const { prompter } = commands.shown.value;
  const reading = prompter ? (
    <Prompter prompter={prompter} onChange={(changed) => commands.prompt(changed)} />
  ) : null;
  return (
    <div class={phase.info.returns ? "guest-pictures" : "guest-pictures guest-pictures-own"}>
      {phase.info.returns ? (
        <StudioCard
          phase={phase}
          media={media}
          speaks={stage.studio.value.speaks}
          onHears={(hears) => stage.readiness.hear(hears)}
        >
          {reading}
        </StudioCard>
      ) : (
        reading
      )}
      <div class="guest-self">
        <SelfView media={media} sending />
        {phase.info.returns ? <Arriving phase={phase} stage={stage} /> : null}
      </div>
    </div>
  );
}

function Sheets({ sheet, phase, stage, media }: InsideProps & { sheet: Signal<Sheet | null> }) {
  const close = (): void => {
    sheet.value = null;
  };
  if (sheet.value === "leave") return <LeaveSheet stage={stage} onClose={close} />;
  if (sheet.value !== "settings") return null;
  return (
    <Dialog title={texts.guest.settings} onClose={close}>
      <SelfView media={media} sending />
      <DevicePickers media={media} />
      <QualityPicker media={media} most={phase.info.max_bitrate} />
      <ProcessingSwitches media={media} />
    </Dialog>
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
