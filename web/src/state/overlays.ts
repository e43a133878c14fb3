/** The kinds of overlays: told apart, named, and as bodies of a form. */

import type { CardView, OverlayRequest, OverlayView, TimerView } from "../client/types";

/** Whether an overlay is a lower third, a text or an image. */
export const isCard = (overlay: OverlayView): overlay is CardView => "text" in overlay;

export const isTimer = (overlay: OverlayView): overlay is TimerView => overlay.kind === "timer";

/** What people call an overlay. */
export function nameOf(overlay: OverlayView): string {
  if (isCard(overlay)) return overlay.text.split("\n")[0] || overlay.url || overlay.id;
  switch (overlay.kind) {
    case "ticker":
      return overlay.items[0] || overlay.id;
    case "scoreboard":
      return [overlay.home.name, overlay.away.name].filter(Boolean).join(" – ") || overlay.id;
    case "timer":
      return overlay.id;
  }
}

/** What a form changes of an overlay; what it does at the moment has buttons of its own. */
export function bodyOf(overlay: OverlayView): OverlayRequest {
  if (overlay.kind === "timer") {
    const { id: _, shown: __, running: ___, elapsed_ms: ____, ...body } = overlay;
    return body;
  }
  const { id: _, shown: __, ...body } = overlay;
  return body as OverlayRequest;
}

/** A body with what its own buttons change as that is now: whether it is shown, and the scores. */
export function withNow(body: OverlayRequest, now: OverlayView | null): OverlayRequest {
  const shown = { ...body, on: now?.on ?? false };
  if (shown.kind !== "scoreboard" || now?.kind !== "scoreboard") return shown;
  const { home, away } = shown;
  return {
    ...shown,
    home: { ...home, score: now.home.score },
    away: { ...away, score: now.away.score },
  };
}

/** The timer that a scoreboard is to show although there is none of that id any more; an empty one: it is there. */
export const lostTimerOf = (body: OverlayRequest, timers: readonly TimerView[]): string =>
  body.kind === "scoreboard" && !timers.some(({ id }) => id === body.timer) ? body.timer : "";

/** A body that shows no time in place of a timer that is no more: control takes none that it does not know. */
export const withTimerOf = (body: OverlayRequest, timers: readonly TimerView[]): OverlayRequest =>
  body.kind === "scoreboard" && lostTimerOf(body, timers) ? { ...body, timer: "" } : body;

/** Whether an overlay is as it was, but for what its own buttons change. */
export function isSameOverlay(before: OverlayView, now: OverlayView | null): boolean {
  const plain = (overlay: OverlayView): string => JSON.stringify(withNow(bodyOf(overlay), before));
  return now !== null && plain(before) === plain(now);
}

/** Whether a form has all that its kind has to have. */
export function isComplete(body: OverlayRequest): boolean {
  switch (body.kind) {
    case "timer":
      return body.mode !== "countdown" || body.seconds > 0;
    case "ticker":
      return body.items.some((item) => item.trim() !== "");
    case "scoreboard":
      return true;
    case "image":
      return body.url !== "";
    default:
      return body.text !== "";
  }
}

/** Milliseconds that a timer has run, so many after control has told of it. */
const elapsedOf = ({ elapsed_ms, running }: TimerView, later: number): number =>
  elapsed_ms + (running ? later : 0);

/** Whether a countdown has come to a zero behind which nothing comes, so many milliseconds after it was told. */
export const isOver = (timer: TimerView, later: number): boolean =>
  timer.mode === "countdown" &&
  timer.at_zero !== "count_on" &&
  elapsedOf(timer, later) >= timer.seconds * 1000;

/** What a timer shows so many milliseconds after control has told of it, as the mixer writes it. */
export function timeOf(timer: TimerView, later: number): string {
  const elapsed = elapsedOf(timer, later);
  if (timer.mode === "count_up") return written(Math.floor(elapsed / 1000), timer.format);
  const left = Math.ceil((timer.seconds * 1000 - elapsed) / 1000);
  return written(timer.at_zero === "count_on" ? left : Math.max(0, left), timer.format);
}

function written(seconds: number, form: TimerView["format"]): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const [hour, minute, second] = [Math.floor(minutes / 60), two(minutes % 60), two(Math.abs(seconds) % 60)];
  const sign = seconds < 0 ? "−" : "";
  if (form === "m:ss") return `${sign}${minutes}:${second}`;
  return form === "h:mm" ? `${sign}${hour}:${minute}` : `${sign}${hour}:${minute}:${second}`;
}
