/** The desk's keys. */

import { type Bindings, keyName, ORDERS, type Order, type Press, SCENES } from "./bindings";

export type DeskKey = { do: "preview"; number: number } | { do: "cut"; number: number } | { do: Order };

interface DeskPress extends Press {
  repeat: boolean;
  shiftKey: boolean;
}

type StepPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Where a key was pressed: `typing` takes all of them, `pressable` those that press a button. */
export type Place = "typing" | "pressable" | "page";

/** What presses a button that has the focus. */
const PRESSING = new Set([" ", "Enter"]);

export const isPressing = ({ key }: Pick<Press, "key">): boolean => PRESSING.has(key);

/** What a key stands for; null where it is none of the desk's, or belongs to where it was pressed. */
export function deskKey(press: DeskPress, place: Place, bindings: Bindings): DeskKey | null {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey || place === "typing") return null;
  if (place === "pressable" && isPressing(press)) return null;
  const name = keyName(press.key, press.code);
  const number = SCENES.find((each) => bindings[each] === name);
  if (number) return { do: press.shiftKey ? "cut" : "preview", number };
  const order = ORDERS.find((each) => bindings[each] === name);
  return order ? { do: order } : null;
}

/** What a key says of steps, as everywhere; null where it says something else. */
export function stepKey({ key, ctrlKey, metaKey, altKey, shiftKey }: StepPress): "undo" | "redo" | null {
  if (altKey || ctrlKey === metaKey) return null;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && ctrlKey && !shiftKey ? "redo" : null;
}

/** A tick, or one of several: pressed like a button. */
const TICKS = "[type='checkbox'], [type='radio']";

/** Marks a place that has the focus only for want of what had it. */
export const STAYS = "data-stays";

/** What kind of place an element is. */
export function placeOf(element: Element | null): Place {
  if (!element || element === document.body) return "page";
  if (element.closest("dialog, textarea, select, [contenteditable]")) return "typing";
  if (element.matches(TICKS)) return "pressable";
  if (element instanceof HTMLInputElement) return element.type === "range" ? "page" : "typing";
  return element.matches(`[${STAYS}]`) || element.closest("button, a, summary") ? "pressable" : "page";
}

/** Whether an element that a pointer has pressed lets the focus go: not in a form, where the hands go on. */
export const isLetGo = (element: Element): boolean =>
  placeOf(element) === "pressable" && element.closest("form") === null;

/** Whether something is chosen there and then, and not for a form that is sent later. */
export const isChoice = (element: Element): boolean =>
  element.matches(`select, ${TICKS}`) && element.closest("form, dialog") === null;
