import type { JSX } from "preact";
import type { SourceStatus, SourceView } from "../../client/types";
import { type AddedSource, isFed, TONES, troubleOf } from "../../state/added-sources";
import { milliseconds, sentences } from "../../state/format";
import { labelOf } from "../../state/mixing";
import { deskTexts } from "../../texts.desk";
import { mediaTexts } from "../../texts.media";
import { sourcesTexts as say } from "../../texts.sources";
import { Chip } from "../../ui/Chip";
import "../../styles/destinations.css";

interface FactsProps {
  added: AddedSource;
  hasMixer: boolean;
}

/** What a source is, how it does by the mixer's word, and from where it comes, without its login. */
export function SourceFacts({ added, hasMixer }: FactsProps): JSX.Element {
  const { kind, source, status, onAir } = added;
  return (
    <>
      {onAir ? <Chip tone="bad">{mediaTexts.onAir}</Chip> : null}
      {isFed(kind) ? <StateChip status={status} hasMixer={hasMixer} /> : null}
      <b class="output-name">{labelOf(source)}</b>
      <span class="desk-hint">{say.kinds[kind]}</span>
      {source.url ? <span class="destinations-url">{source.url}</span> : null}
      {isFed(kind) && status?.state === "live" ? <Figures source={source} status={status} /> : null}
    </>
  );
}

function StateChip({ status, hasMixer }: Pick<AddedSource, "status"> & { hasMixer: boolean }): JSX.Element {
  if (!hasMixer) return <Chip tone="off">{say.mixerAway}</Chip>;
  const state = status?.state ?? "connecting";
  return <Chip tone={TONES[state]}>{say.states[state]}</Chip>;
}

function Figures({ source, status }: { source: SourceView; status: SourceStatus }): JSX.Element {
  const { has_video, width, height, frame_rate, playout_ms } = status;
  const delay = milliseconds(playout_ms);
  return (
    <span class="output-figures">
      <span>{has_video ? `${width}×${height}` : say.soundOnly}</span>
      {has_video && frame_rate > 0 ? <span>{Math.round(frame_rate)} fps</span> : null}
      <span>{source.playout_ms === null ? deskTexts.playout(delay) : say.fixed(delay)}</span>
    </span>
  );
}

/** Of a source that is live: it is seen, and not heard; or it comes, and not all of it is recorded. */
const WHILE_LIVE = new Set(["source_sound_late", "source_not_recorded"]);

/** Why nothing comes, or not all of it, as long as that is so. */
export function SourceTrouble({ status }: { status: SourceStatus | null }): JSX.Element | null {
  const why = status?.state === "live" && !WHILE_LIVE.has(status.code ?? "") ? "" : troubleOf(status);
  return why ? <p class="field-error destinations-reason">{sentences(why)}</p> : null;
}
