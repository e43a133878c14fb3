import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { type Action, adviceOf } from "../../state/advice";
import { missingOf } from "../../state/arrival";
import type { Media } from "../../state/media";
import type { Inside } from "../../state/page";
import type { Stage } from "../../state/stage";
import { statusOf } from "../../state/status";
import { Notice } from "../../ui/Notice";

interface StatusLineProps {
  phase: Inside;
  stage: Stage;
  media: Media;
  onSettings: () => void;
}

/** Heard, seen, or what is wrong: one sentence, and one thing to do. */
export function StatusLine({ phase, stage, media, onSettings }: StatusLineProps): JSX.Element {
  const { guest } = phase;
  const { silent } = stage.readiness;
  useEffect(() => silent.start(), [silent]);
  const status = statusOf(guest, stage.line.link.value, stage.eventsUp.value);
  const advice = adviceOf({
    onAir: stage.onAir.value,
    muted: media.muted.value,
    cameraOn: media.cameraOn.value,
    cameraFault: media.camera.value.fault,
    microphoneFault: media.microphone.value.fault,
    silent: silent.value.value,
    missing: missingOf(guest),
    speakerGone: phase.info.returns && media.speakerGone.value,
    low: stage.line.low.value,
  });
  const act: Record<Action, () => void> = {
    unmute: () => media.setMuted(false),
    camera_on: () => void media.setCameraOn(true),
    settings: onSettings,
    retry_camera: () => void media.retry("camera"),
    retry_microphone: () => void media.retry("microphone"),
  };
  // What is in the way of everything goes before what is wrong with a part of it.
  if (!status.connected || advice === null)
    return (
      <Notice tone={status.tone} title={status.title}>
        <p>{status.detail}</p>
      </Notice>
    );
  const { action } = advice;
  return (
    <Notice tone="warn" title={status.title}>
      <p>{advice.sentence}</p>
      {action ? (
        <button type="button" class="button" onClick={act[action]}>
          {advice.label}
        </button>
      ) : null}
    </Notice>
  );
}
