/** Which key gives which order at the desk: the operator's own choice, kept in this browser. */

import { signal } from "@preact/signals";
import { lasting } from "../client/keeping";

/** What the desk does by one key. */
export const ORDERS = ["take", "auto", "fade", "mute", "help"] as const;
export type Order = (typeof ORDERS)[number];

/** The first scenes, in their order: each has a key, which cuts to it with Shift. */
export const SCENES = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
export type SceneNumber = (typeof SCENES)[number];

/** What has a key. */
export type Keyed = Order | SceneNumber;
const KEYED: readonly Keyed[] = [...SCENES, ...ORDERS];

/** Keys by what they do, as the browser names them, letters in lower case and digits by their place. */
export type Bindings = Readonly<Record<Keyed, string>>;

/** Why a key cannot be had. */
export type KeyRefusal = { why: "shift" | "browser" } | { why: "taken"; by: Keyed };

export const USUAL: Bindings = {
  1: "1",
  2: "2",
  3: "3",
  4: "4",
  5: "5",
  6: "6",
  7: "7",
  8: "8",
  9: "9",
  take: " ",
  auto: "Enter",
  fade: "f",
  mute: "m",
  help: "?",
};

const KEY = "stagedoor.keys";
/** What moves about in the page or between its fields, and what has no sense alone. */
const THE_BROWSERS =
  /^(?:Tab|Escape|Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Unidentified|Arrow.*|F\d+)$/;

/** Digits, wherever a keyboard has them and whatever Shift makes of them. */
const DIGIT = /^(?:Digit|Numpad)([0-9])$/;
/** What can be the same key with Shift: a digit, or a letter. */
const SHIFTED = /^[\p{L}0-9]$/u;

/** What a key comes with: its place on the keyboard, and whether others are held that make a shortcut of it. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** A key that is held for the sake of another. */
export const isHeldWith = (key: string): boolean =>
  /^(?:Shift|Control|Alt|AltGraph|Meta|Fn|FnLock|Hyper|Super)$/.test(key);

/** A key under one name, whether large or small. */
export const keyName = (key: string, code = ""): string =>
  DIGIT.exec(code)?.[1] ?? (key.length === 1 ? key.toLowerCase() : key);

/** Whether a key keeps its name with Shift: some letters, such as ß, have no large one of their own. */
function keepsName(name: string): boolean {
  const large = name.toUpperCase();
  return SHIFTED.test(name) && large.length === 1 && large.toLowerCase() === name;
}

const isScene = (what: Keyed): what is SceneNumber => typeof what === "number";

/** The bindings with something at another key, or why that key cannot be had. */
export function bound(bindings: Bindings, what: Keyed, key: string, code = ""): Bindings | KeyRefusal {
  const name = keyName(key, code);
  if (THE_BROWSERS.test(name)) return { why: "browser" };
  if (isScene(what) && !keepsName(name)) return { why: "shift" };
  const by = KEYED.find((other) => other !== what && bindings[other] === name);
  return by ? { why: "taken", by } : { ...bindings, [what]: name };
}

/** Bindings from stored text; one that does not fit leaves all as usual. */
export function parseBindings(text: string | null): Bindings {
  let found: Bindings = USUAL;
  try {
    const stored = JSON.parse(text ?? "{}") as Record<string, unknown>;
    found = { ...USUAL, ...Object.fromEntries(Object.entries(stored).filter(isBinding)) };
  } catch {
    return USUAL;
  }
  const isFree = KEYED.every((what) => !("why" in bound(found, what, found[what])));
  return isFree ? found : USUAL;
}

const isBinding = ([what, key]: [string, unknown]): boolean =>
  KEYED.some((known) => String(known) === what) && typeof key === "string" && key.length > 0;

export const bindings = signal<Bindings>(parseBindings(lasting.getItem(KEY)));

/** Have something at another key; why not, where that cannot be. */
export function bind(what: Keyed, { key, code, ctrlKey, altKey, metaKey }: Press): KeyRefusal | null {
  if (ctrlKey || altKey || metaKey) return { why: "browser" };
  const made = bound(bindings.peek(), what, key, code);
  if ("why" in made) return made;
  keep(made);
  return null;
}

/** All as they usually are. */
export function bindAsUsual(): void {
  keep(USUAL);
}

function keep(made: Bindings): void {
  bindings.value = made;
  lasting.setItem(KEY, JSON.stringify(made));
}
