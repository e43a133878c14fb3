import type { JSX } from "preact";
import type { StudioView } from "../client/types";
import { adviceTexts } from "../texts.checks";
import "../styles/studio-lights.css";

/** Whether the studio records and is live: lit only while that is confirmed. */
export function StudioLights({ studio }: { studio: StudioView }): JSX.Element {
  const say = adviceTexts;
  return (
    <ul class="studio-lights" aria-label={say.lights} aria-live="polite">
      {studio.recording ? <Light word={say.recording} meaning={say.recordingLong} /> : null}
      {studio.live ? <Light word={say.live} meaning={say.liveLong} /> : null}
    </ul>
  );
}

function Light({ word, meaning }: { word: string; meaning: string }): JSX.Element {
  return (
    <li class="studio-light" title={meaning}>
      {word}
    </li>
  );
}
