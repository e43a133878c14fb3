import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Inside } from "../../state/page";
import { changeSettings, settings } from "../../state/settings";
import { sessionOf } from "../../state/status";
import { returnPath, studioSays } from "../../state/studio";
import { Viewer } from "../../state/viewer";
import { texts } from "../../texts";
import { Aloud } from "../../ui/Aloud";
import { Icon } from "../../ui/Icon";
import { Picture } from "../../ui/Picture";
import "../../styles/studio.css";

const say = texts.guest.studio;

/** Program's picture and everybody else's sound, as they come back to the guest. */
export function StudioCard({ phase }: { phase: Inside }): JSX.Element {
  const still = useSignal(false);
  const viewer = useReturn(phase);
  const stream = viewer?.stream.value ?? null;
  const { studioPicture, studioVolume, speaker } = settings.value;
  const flows = viewer?.flows.value ?? true;
  const missing = studioSays(viewer?.link.value ?? { kind: "stopped" }, flows, still.value);
  return (
    <section class="studio" aria-label={say.title}>
      <div class="studio-picture">
        {stream && studioPicture ? (
          <Picture
            stream={stream}
            label={say.title}
            onStill={(stands) => {
              still.value = stands;
            }}
          />
        ) : null}
        {missing || !studioPicture ? (
          <p class={flows && still.value ? "studio-words studio-still" : "studio-words"} role="status">
            {missing ?? say.soundOnly}
          </p>
        ) : null}
        {stream ? <Aloud stream={stream} volume={studioVolume} speaker={speaker} word={say.hear} /> : null}
      </div>
      <StudioBar />
    </section>
  );
}

/** The viewer of the guest's return; another one when the place, the way or the wish for a picture changes. */
function useReturn({ guest, token }: Inside): Viewer | null {
  const viewer = useSignal<Viewer | null>(null);
  const path = returnPath(guest);
  const picture = settings.value.studioPicture;
  const carrier = sessionOf(guest, "camera")?.carrier ?? guest.carrier;
  useEffect(() => {
    const opened = new Viewer({ path, token, picture });
    opened.start();
    viewer.value = opened;
    return () => opened.stop();
  }, [path, token, picture, carrier]);
  return viewer.value;
}

function StudioBar(): JSX.Element {
  const { studioPicture, studioVolume } = settings.value;
  return (
    <div class="studio-bar">
      <Icon name="listen" />
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={studioVolume}
        aria-label={say.volume}
        title={say.volume}
        onInput={(event) => changeSettings({ studioVolume: event.currentTarget.valueAsNumber })}
      />
      <button
        type="button"
        class="button button-small"
        aria-pressed={!studioPicture}
        onClick={() => changeSettings({ studioPicture: !studioPicture })}
      >
        {studioPicture ? say.pictureOff : say.pictureOn}
      </button>
    </div>
  );
}
