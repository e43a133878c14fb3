/** A source's key: what a form changes, and what control refuses of it. */

import type { SourceView } from "../client/types";
import type { FieldErrors } from "./field-errors";

export type Key = NonNullable<SourceView["key"]>;
export type KeyKind = Key["kind"] | "none";

/** As control has them where nothing is said. */
const USUAL: { [Kind in Key["kind"]]: Extract<Key, { kind: Kind }> } = {
  chroma: { kind: "chroma", color: "#00b140", tolerance: 0.3, softness: 0.15, spill: 0.5 },
  luma: { kind: "luma", low: 0.05, high: 0.15, invert: false },
};

/** The key of another kind; of the same kind it stays as it is. */
export function keyOfKind(key: Key | null, kind: KeyKind): Key | null {
  if (kind === "none") return null;
  return key?.kind === kind ? key : USUAL[kind];
}

const plain = (key: Key | null): unknown =>
  key &&
  Object.entries(key)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, value]) => [field, `${value}`.toLowerCase()]);

/** Whether two keys make the same see-through: control may write colours and fields otherwise than the page. */
export const isSameKey = (a: Key | null, b: Key | null): boolean =>
  JSON.stringify(plain(a)) === JSON.stringify(plain(b));

/** Why a field of the key was refused, by whichever name control has for it. */
export function refusedOfKey(errors: FieldErrors, field: string): string | undefined {
  for (const [at, why] of errors) {
    if (new RegExp(`(?:^|\\.)key\\.(?:chroma\\.|luma\\.)?${field}$`).test(at)) return why;
  }
  return undefined;
}
