/** Silence sent in place of a microphone that is not there, so that RTP never stops. */

import { audioContext } from "./sound";

export interface Silence {
  track: MediaStreamTrack;
  stop: () => void;
}

/** A track of nothing; it flows once the person has touched the page, as the browser wants it. */
export function startSilence(): Silence {
  const audio = audioContext();
  const output = audio.createMediaStreamDestination();
  const [track] = output.stream.getAudioTracks();
  if (!track) throw new Error("this browser makes no sound");
  // What nothing leads to is not computed, and would send nothing at all.
  const nothing = audio.createConstantSource();
  nothing.offset.value = 0;
  nothing.connect(output);
  nothing.start();
  return {
    track,
    stop: () => {
      nothing.stop();
      track.stop();
    },
  };
}
