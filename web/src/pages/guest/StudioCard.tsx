import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Motion } from "../../client/motion";
import type { Media } from "../../state/media";
import { type Hears, hearsOf } from "../../state/own-readiness";
import type { Inside } from "../../state/page";
import { changeSettings, settings } from "../../state/settings";
import { sessionOf } from "../../state/status";
import { pictureState, returnPath, studioSays, withoutPicture } from "../../state/studio";
import { StudioReturn } from "../../state/studio-return";
import { isVolumeOurs, studioVolume } from "../../state/studio-volume";
import { texts } from "../../texts";
import { adviceTexts } from "../../texts.checks";
import { Aloud } from "../../ui/Aloud";
import { Icon } from "../../ui/Icon";
import { Picture } from "../../ui/Picture";
import "../../styles/studio.css";

const say = texts.guest.studio;

interface StudioCardProps {
  phase: Inside;
  media: Pick<Media, "speaker">;
  speaks: boolean;
  /** Told whether the studio's sound is heard; null once nothing comes back here any more. */
  onHears: (hears: Hears | null) => void;
  /** What lies over the picture. */
  children?: ComponentChildren;
}

/** The studio's picture and everybody else's sound, as they come back to the guest. */
export function StudioCard({ phase, media, speaks, onHears, children }: StudioCardProps): JSX.Element {
  const motion = useSignal<Motion>("none");
  const blocked = useSignal(false);
  const back = useReturn(phase);
  const viewer = back?.viewer.value ?? null;
  const stream = viewer?.stream.value ?? null;
  const { studioPicture } = settings.value;
  const picture = pictureState(phase.guest, studioPicture, back?.soundFirst.value ?? false);
  const flows = viewer?.flows.value ?? true;
  const comes = stream !== null && (viewer?.sounds.value ?? false);
  useTold(hearsOf(comes, blocked.value, studioVolume.value), onHears);
  const missing = studioSays(viewer?.link.value ?? { kind: "stopped" }, flows, motion.value);
  const words = missing ?? withoutPicture(picture);
  const isQuiet = motion.value === "still" || motion.value === "missing";
  return (
    <section class="studio" aria-label={say.title}>
      <div class="studio-picture">
        {stream && picture === "shown" ? (
          <Picture
            stream={stream}
            label={say.title}
            isOpen={viewer?.link.value.kind === "connected"}
            onMotion={(now) => {
              motion.value = now;
            }}
          />
        ) : null}
        {words ? (
          <p class={flows && isQuiet ? "studio-words studio-still" : "studio-words"} role="status">
            {words}
          </p>
        ) : null}
        {children}
        {stream ? (
          <Aloud
            stream={stream}
            volume={studioVolume.value}
            speaker={media.speaker.value}
            word={say.hear}
            onBlocked={(isBlocked) => {
              blocked.value = isBlocked;
            }}
          />
        ) : null}
        <p class={speaks ? "studio-speaks" : "studio-speaks studio-speaks-not"} aria-live="assertive">
          {speaks ? adviceTexts.speaks : null}
        </p>
      </div>
      <StudioBar hasPicture={picture !== "none"} />
    </section>
  );
}

function useTold(hears: Hears, tell: (hears: Hears | null) => void): void {
  useEffect(() => tell(hears), [hears]);
  useEffect(() => () => tell(null), []);
}

/** The guest's return; another one when the place, the way, what is sent or the wish for a picture changes. */
function useReturn({ guest, token }: Inside): StudioReturn | null {
  const back = useSignal<StudioReturn | null>(null);
  const path = returnPath(guest);
  const picture = pictureState(guest, settings.value.studioPicture, false) === "shown";
  const carrier = sessionOf(guest, "camera")?.carrier ?? guest.carrier;
  useEffect(() => {
    const opened = new StudioReturn({ path, token, picture });
    opened.start();
    back.value = opened;
    return () => opened.stop();
  }, [path, token, picture, carrier, guest.return_picture]);
  return back.value;
}

function StudioBar({ hasPicture }: { hasPicture: boolean }): JSX.Element {
  const { studioPicture } = settings.value;
  return (
    <div class="studio-bar">
      <Icon name="listen" />
      {isVolumeOurs.value ? (
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={studioVolume.value}
          aria-label={say.volume}
          title={say.volume}
          onInput={(event) => changeSettings({ studioVolume: event.currentTarget.valueAsNumber })}
        />
      ) : (
        <p>{say.ownButtons}</p>
      )}
      {hasPicture ? (
        <button
          type="button"
          class="button button-small"
          aria-pressed={!studioPicture}
          onClick={() => changeSettings({ studioPicture: !studioPicture })}
        >
          {studioPicture ? say.pictureOff : say.pictureOn}
        </button>
      ) : null}
    </div>
  );
}
