/** Which key gives which order at the desk: the operator's own choice, kept in this browser. */

import { signal } from "@preact/signals";
import { lasting } from "../client/keeping";

/** What the desk does by one key; scenes have the digits. */
export const ORDERS = ["take", "auto", "fade", "mute", "help"] as const;
export type Order = (typeof ORDERS)[number];

/** Keys by order, as the browser names them, letters in lower case. */
export type Bindings = Readonly<Record<Order, string>>;

/** Why a key cannot be had. */
export type KeyRefusal = { why: "scenes" | "browser" } | { why: "taken"; by: Order };

export const USUAL: Bindings = { take: " ", auto: "Enter", fade: "f", mute: "m", help: "?" };

const KEY = "stagedoor.keys";
/** What moves about in the page or between its fields, and what has no sense alone. */
const THE_BROWSERS =
  /^(?:Tab|Escape|Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|Unidentified|Arrow.*|F\d+)$/;

/** The keys of scenes, wherever a keyboard has them and whatever Shift makes of them. */
export const DIGIT = /^(?:Digit|Numpad)([1-9])$/;

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
export const keyName = (key: string): string => (key.length === 1 ? key.toLowerCase() : key);

/** The bindings with one order at another key, or why that key cannot be had. */
export function bound(bindings: Bindings, order: Order, key: string, code = ""): Bindings | KeyRefusal {
  const name = keyName(key);
  if (/^[0-9]$/.test(name) || DIGIT.test(code)) return { why: "scenes" };
  if (THE_BROWSERS.test(name)) return { why: "browser" };
  const by = ORDERS.find((other) => other !== order && bindings[other] === name);
  return by ? { why: "taken", by } : { ...bindings, [order]: name };
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
  const isFree = ORDERS.every((order) => !("why" in bound(found, order, found[order])));
  return isFree ? found : USUAL;
}

const isBinding = ([order, key]: [string, unknown]): boolean =>
  ORDERS.some((known) => known === order) && typeof key === "string" && key.length > 0;

export const bindings = signal<Bindings>(parseBindings(lasting.getItem(KEY)));

/** Have an order at another key; why not, where that cannot be. */
export function bind(order: Order, { key, code, ctrlKey, altKey, metaKey }: Press): KeyRefusal | null {
  if (ctrlKey || altKey || metaKey) return { why: "browser" };
  const made = bound(bindings.peek(), order, key, code);
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
