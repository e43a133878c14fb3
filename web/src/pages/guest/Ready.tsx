import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { JoinInfo } from "../../client/types";
import { errorAt, fieldErrors } from "../../state/field-errors";
import type { Media } from "../../state/media";
import type { Phase, Refusal } from "../../state/page";
import { wordsOf } from "../../state/refusals";
import { changeSettings, settings } from "../../state/settings";
import type { Stage } from "../../state/stage";
import { texts } from "../../texts";
import { checkTexts } from "../../texts.checks";
import { DeviceFaults } from "../../ui/DeviceFaults";
import { DevicePickers, ProcessingSwitches, QualityPicker } from "../../ui/DevicePickers";
import { Checkbox, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { Notice } from "../../ui/Notice";
import { DeviceButtons, SelfView } from "../../ui/SelfView";

interface ReadyProps {
  phase: Extract<Phase, { kind: "ready" | "joining" }>;
  stage: Stage;
  media: Media;
}

const destinationOf = (info: JoinInfo): string => {
  const seat = info.invite?.seat_label ?? info.invite?.seat;
  return seat && info.invite?.admit === "direct" ? texts.guest.intoSeat(seat) : texts.guest.intoLobby;
};

/** Before Join: picture, devices, name, and what the guest agrees to. */
export function Ready({ phase, stage, media }: ReadyProps): JSX.Element {
  const say = texts.guest;
  const { info } = phase;
  return (
    <>
      <h1 class="guest-title">{say.joining(info.production)}</h1>
      <div class="guest-ready">
        <div class="guest-column">
          <SelfView media={media} sending={false} />
          <div class="guest-buttons">
            <DeviceButtons media={media} />
          </div>
          <DeviceFaults media={media} />
        </div>
        <JoinForm phase={phase} stage={stage} />
        <div class="card guest-devices">
          <DevicePickers media={media} />
          <QualityPicker media={media} most={info.max_bitrate} />
          <ProcessingSwitches media={media} />
        </div>
      </div>
    </>
  );
}

function JoinForm({ phase, stage }: Omit<ReadyProps, "media">): JSX.Element {
  const say = texts.guest;
  const { info } = phase;
  const name = useSignal(info.guest?.name || info.invite?.name || settings.value.name);
  const agreed = useSignal(false);
  /** What the guest has ticked; as proposed while that is null. */
  const ticked = useSignal<boolean | null>(null);
  const checks = ticked.value ?? stage.wantsChecks;
  const tried = useSignal(false);
  const joining = phase.kind === "joining";
  const submit = (event: Event): void => {
    event.preventDefault();
    tried.value = true;
    const given = name.value.trim();
    if (!given || !agreed.value || joining) return;
    changeSettings({ name: given });
    void stage.join(given, { checks });
  };
  const problem = phase.kind === "ready" ? phase.problem : null;
  const refused = problem ? errorAt(fieldErrors({ fields: [], values: {}, ...problem }), "name") : undefined;
  const nameError = tried.value && !name.value.trim() ? say.nameMissing : refused && say.nameRefused;
  return (
    <form class="card guest-form" onSubmit={submit} noValidate>
      <TextField
        label={say.name}
        value={name.value}
        hint={say.nameHint}
        error={nameError}
        autoComplete="name"
        onInput={(value) => {
          name.value = value;
        }}
      />
      <section class="guest-notice">
        <h2>{say.before}</h2>
        <p class="guest-purpose">{say.purpose(info.records, info.streams)}</p>
        {info.notice ? <p class="guest-small">{info.usual_notice ? say.usualNotice : info.notice}</p> : null}
        <p class="guest-small">{destinationOf(info)}</p>
      </section>
      <Checkbox
        label={say.consent}
        checked={agreed.value}
        onChange={(on) => {
          agreed.value = on;
        }}
      />
      {tried.value && !agreed.value ? (
        <p class="field-note field-error" role="alert">
          {say.consentMissing}
        </p>
      ) : null}
      <Checkbox
        label={checkTexts.before}
        hint={checkTexts.beforeHint}
        checked={checks}
        onChange={(on) => {
          ticked.value = on;
        }}
      />
      {problem && refused === undefined ? <Problem problem={problem} /> : null}
      <HeldButton type="submit" class="button button-primary button-large" busy={joining}>
        {joining ? say.joiningNow : say.join}
      </HeldButton>
    </form>
  );
}

function Problem({ problem }: { problem: Refusal }): JSX.Element {
  const [title, detail] = wordsOf(problem);
  return (
    <Notice tone="bad" title={title} urgent>
      <p>{detail}</p>
    </Notice>
  );
}
