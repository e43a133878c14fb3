/** A guest's line in one row of figures, each with how good it is. */

import type { SessionView, TrackView } from "../client/types";
import { texts } from "../texts";
import { deskTexts } from "../texts.desk";
import { bitrate, lossOf, milliseconds, offset, percent, trackOf } from "./format";
import { type LineFigure, type LineTone, toneOf } from "./line-tone";

/** One figure of a line, and how good it is; null where that is no question. */
export interface LinePart {
  text: string;
  tone: LineTone | null;
}

const plain = (text: string): LinePart => ({ text, tone: null });

/** A figure with its word, which says what its colour says. */
function judged(text: string, figure: LineFigure): LinePart {
  const tone = toneOf(figure);
  if (tone === "good") return { text, tone };
  const kind = figure.kind === "av_offset" ? (figure.value < 0 ? "early" : "late") : figure.kind;
  return { text: `${text}, ${deskTexts.line[kind][tone]}`, tone };
}

/** `1280×720 30 fps 1.9 Mbit/s loss 0.2 % 84 ms A/V −7 ms`, leaving out what is not known. */
export function lineOf(session: SessionView): LinePart[] {
  const { round_trip_ms, av_offset_ms } = session;
  const video = trackOf(session, "video");
  const parts: LinePart[] = [];
  if (video && video.width > 0) parts.push(plain(`${video.width}×${video.height}`));
  if (video) parts.push(frameRate(video, session.kind));
  parts.push(plain(bitrate(session.tracks.reduce((sum, track) => sum + track.bitrate, 0))));
  const loss = lossOf(session);
  parts.push(judged(texts.figures.loss(percent(loss)), { kind: "loss", value: loss }));
  if (round_trip_ms !== null)
    parts.push(judged(milliseconds(round_trip_ms), { kind: "round_trip", value: round_trip_ms }));
  if (av_offset_ms !== null)
    parts.push(judged(deskTexts.avOffset(offset(av_offset_ms)), { kind: "av_offset", value: av_offset_ms }));
  return parts;
}

/** A screen that stands still sends few pictures, and a camera that is off none: that is no fault. */
function frameRate({ frame_rate, state }: TrackView, kind: SessionView["kind"]): LinePart {
  const text = `${Math.round(frame_rate)} fps`;
  const isSteady = kind === "camera" && state === "live" && frame_rate > 0;
  return isSteady ? judged(text, { kind: "frame_rate", value: frame_rate }) : plain(text);
}
