import type { JSX } from "preact";
import type { SessionView, TrackView } from "../client/types";
import { bitrate, lossOf, milliseconds, percent, trackOf } from "../state/format";
import { texts } from "../texts";
import "../styles/arrival.css";

/** A figure and its unit are on one line. */
const whole = (figure: string): string => figure.replaceAll(" ", "\u00a0");

function picture(track: TrackView | undefined): string {
  if (!track || track.state === "waiting") return texts.guest.nothingArrives;
  const size = track.width > 0 ? `${track.width}×${track.height} · ` : "";
  return `${size}${whole(`${Math.round(track.frame_rate)} fps`)} · ${whole(bitrate(track.bitrate))}`;
}

/** A screen may have no sound; a camera's session always has some, if only silence. */
function sound(track: TrackView | undefined, kind: SessionView["kind"]): string {
  if (!track && kind === "screen") return texts.guest.none;
  if (!track || track.state === "waiting") return texts.guest.nothingArrives;
  return bitrate(track.bitrate);
}

/** What the relay sees of one session, in figures. */
export function Arrival({
  session,
  title,
  isOld = false,
}: {
  session: SessionView | undefined;
  title: string;
  /** The relay's word does not come here at the moment. */
  isOld?: boolean;
}): JSX.Element {
  const say = texts.guest;
  if (isOld) return <Rows title={title} rows={[[say.picture, say.arrivesUnknown]]} />;
  const rows: [string, string][] = session
    ? [
        [say.picture, picture(trackOf(session, "video"))],
        [say.sound, sound(trackOf(session, "audio"), session.kind)],
        [say.loss, percent(lossOf(session))],
        [say.delay, session.round_trip_ms === null ? "–" : milliseconds(session.round_trip_ms)],
      ]
    : [[say.picture, say.nothingArrives]];
  return <Rows title={title} rows={rows} />;
}

function Rows({ title, rows }: { title: string; rows: readonly [string, string][] }): JSX.Element {
  return (
    <section class="arrival">
      <h2 class="arrival-title">{title}</h2>
      <dl class="arrival-rows">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
