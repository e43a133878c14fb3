/** What is recorded, as control tells it: a take, how the last one failed, or nothing. */

import type { DeskEvent, RecordingView } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import { clock, size } from "./format";

/** What is recorded after an event. */
export function heardRecording(recording: RecordingView | null, event: DeskEvent): RecordingView | null {
  if (event.type === "snapshot") return event.data.recording;
  return event.type === "recording" ? event.data : recording;
}

/** Time, size, pieces and room of a take that runs, leaving out what is not known yet. */
export function recordingFigures({ duration_ms, size: bytes, pieces, free_bytes }: RecordingView): string[] {
  const say = mixerTexts.recording;
  const figures = [clock(duration_ms), size(bytes), say.pieces(pieces.length)];
  return free_bytes > 0 ? [...figures, say.left(size(free_bytes))] : figures;
}
