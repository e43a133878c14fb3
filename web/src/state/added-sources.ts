/** Sources that operators add at the desk: neither a seat's, nor files of the media. */

import type { SourceStatus, SourceView } from "../client/types";
import type { Mixing } from "./mixing";
import { failureWords } from "./server-words";
import type { Tone } from "./status";

/** In the order in which they are offered. */
export const ADDED_KINDS = ["url", "hub", "device", "slate", "color", "pattern"] as const;

export type AddedKind = (typeof ADDED_KINDS)[number];

export interface AddedSource {
  kind: AddedKind;
  source: SourceView;
  /** What the mixer measures of it; null while it says nothing. */
  status: SourceStatus | null;
  onAir: boolean;
}

/** What comes from elsewhere, and so can be late or gone. */
export const isFed = (kind: AddedKind): kind is "url" | "hub" | "device" =>
  kind === "url" || kind === "hub" || kind === "device";

/** What the server puts in the place of a login, and of what follows a `?`. */
const HIDDEN = "***";

/** Whether a part of an address is not shown, so that nobody here can write it again. */
export const isHidden = (url: string): boolean => url.includes(HIDDEN);

export const TONES: Readonly<Record<SourceStatus["state"], Tone>> = {
  connecting: "wait",
  live: "good",
  stalled: "warn",
  gone: "bad",
};

function addedKind({ kind, url }: SourceView): AddedKind | undefined {
  if (kind === "url" && !url.includes("://")) return undefined;
  return ADDED_KINDS.find((each) => each === kind);
}

/** Those that come from elsewhere first: the others do nothing by themselves. */
export function addedOf({ mixer, board }: Mixing): AddedSource[] {
  const all = (board?.sources ?? []).flatMap((source): AddedSource[] => {
    const kind = addedKind(source);
    if (!kind) return [];
    const status = mixer?.sources.find(({ id }) => id === source.id) ?? null;
    return [{ kind, source, status, onAir: mixer?.tally[source.id] === "program" }];
  });
  return [...all.filter(({ kind }) => isFed(kind)), ...all.filter(({ kind }) => !isFed(kind))];
}

/** Why nothing comes from it, in the page's language; empty where all is well. */
export const troubleOf = (status: SourceStatus | null): string =>
  status?.reason ? failureWords({ code: status.code, message: status.reason, hint: "" })[0] : "";
