import type { JSX } from "preact";
import type { DestinationView } from "../../client/types";
import { clock, size } from "../../state/format";
import { mixerTexts as say } from "../../texts.mixer";

/** For how long an output has been live, and how much it has sent; nothing before it has sent anything. */
export function OutputFigures({ status }: { status: DestinationView }): JSX.Element | null {
  const { live_ms, bytes_sent } = status;
  if (live_ms === null && bytes_sent === 0) return null;
  const parts = [
    ...(live_ms === null ? [] : [say.liveFor(clock(live_ms))]),
    ...(bytes_sent > 0 ? [say.sentSoFar(size(bytes_sent))] : []),
  ];
  return <p class="desk-hint output-figures">{parts.join(" · ")}</p>;
}
