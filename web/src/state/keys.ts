/** The desk's keys. */

import { type Bindings, keyName, ORDERS, type Order, type Press, SCENES } from "./bindings";
import type { Place } from "./places";

export type DeskKey = { do: "preview"; number: number } | { do: "cut"; number: number } | { do: Order };

interface DeskPress extends Press {
  repeat: boolean;
  shiftKey: boolean;
}

type StepPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

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
