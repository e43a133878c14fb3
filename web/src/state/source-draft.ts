/** What a form says of a source that is added or changed. */

import type { DeviceView, SourceRequest, SourceView } from "../client/types";
import { sourcesTexts } from "../texts.sources";
import { type AddedKind, isHidden } from "./added-sources";
import { FRESH } from "./library";

/** As long as control takes. */
export const URL_LENGTH = 2000;
/** As long as a name of the hub's paths. */
export const PATH_LENGTH = 64;
/** As long as control takes, and screens show. */
const LABEL_LENGTH = 80;

export type SourceDraft = Pick<
  SourceView,
  "label" | "url" | "color" | "slate" | "iso" | "playout_ms" | "capture"
>;

type Field = keyof SourceDraft;

/** Which fields each kind has in its form. */
export const FIELDS: Readonly<Record<AddedKind, readonly Field[]>> = {
  url: ["url", "label", "iso", "playout_ms"],
  hub: ["url", "label", "iso", "playout_ms"],
  device: ["url", "label", "capture", "playout_ms"],
  slate: ["label", "color", "slate"],
  color: ["label", "color"],
  pattern: ["label"],
};

export const FRESH_DRAFT: SourceDraft = {
  label: "",
  url: "",
  color: "#1d2a3a",
  slate: "",
  iso: false,
  playout_ms: null,
  capture: null,
};

const isSame = (a: SourceDraft, b: SourceDraft, field: Field): boolean =>
  JSON.stringify(a[field]) === JSON.stringify(b[field]);

/** The fields of its form in which two are not the same. */
export const changedFields = (kind: AddedKind, a: SourceDraft, b: SourceDraft): Field[] =>
  FIELDS[kind].filter((field) => !isSame(a, b, field));

/** What it is called where nobody has named it: by its device, by its server, by its path, by its kind. */
function usualName(kind: AddedKind, url: string, devices: readonly DeviceView[]): string {
  const device = devices.find((each) => each.url === url);
  const host = kind === "url" && URL.canParse(url) ? new URL(url).hostname : "";
  const path = kind === "hub" ? url : "";
  return (device?.label || host || path || sourcesTexts.kinds[kind]).slice(0, LABEL_LENGTH);
}

/** The draft's own fields, as control takes them. */
export function fieldsOf(
  kind: AddedKind,
  draft: SourceDraft,
  devices: readonly DeviceView[],
): Partial<SourceDraft> {
  const url = draft.url.trim();
  const label = draft.label.trim() || usualName(kind, url, devices);
  const whole = { ...draft, url, label };
  return Object.fromEntries(FIELDS[kind].map((field) => [field, whole[field]]));
}

/** A source that is there from when it is made. */
export const newSource = (
  kind: AddedKind,
  draft: SourceDraft,
  devices: readonly DeviceView[],
): SourceRequest => ({ ...FRESH, ...fieldsOf(kind, draft, devices), kind });

/** Why a draft cannot be sent as it is; empty where it can. */
export function missingOf(kind: AddedKind, draft: SourceDraft, shown: string): string {
  const say = sourcesTexts.missing;
  const url = draft.url.trim();
  if (kind === "slate" && !draft.label.trim()) return say.text;
  if (kind === "device" && !url) return say.device;
  if (kind === "hub" && !url) return say.path;
  if (kind !== "url") return "";
  // Without one it would be a file's name.
  if (!url.includes("://")) return url ? say.scheme : say.address;
  return url !== shown && isHidden(url) ? say.login : "";
}
