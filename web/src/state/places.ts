/** What kind of place in a page the focus is at. */

/** `typing` takes all keys, `pressable` those that press a button. */
export type Place = "typing" | "pressable" | "page";

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
