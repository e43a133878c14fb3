/** The desk's keys. */

export type DeskKey =
  | { do: "preview"; number: number }
  | { do: "cut"; number: number }
  | { do: "take" | "auto" | "fade" | "help" };

interface Press {
  key: string;
  code: string;
  repeat: boolean;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Where a key was pressed: `typing` takes all of them, `pressable` those that press a button. */
export type Place = "typing" | "pressable" | "page";

const DIGIT = /^(?:Digit|Numpad)([1-9])$/;

/** What a key stands for; null where it is none of the desk's, or belongs to where it was pressed. */
export function deskKey(press: Press, place: Place): DeskKey | null {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey || place === "typing") return null;
  const digit = DIGIT.exec(press.code)?.[1];
  if (digit) return { do: press.shiftKey ? "cut" : "preview", number: Number(digit) };
  if (press.key === "?") return { do: "help" };
  if (press.key.toLowerCase() === "f") return { do: "fade" };
  if (place === "pressable") return null;
  if (press.key === " ") return { do: "take" };
  return press.key === "Enter" ? { do: "auto" } : null;
}

/** What kind of place an element is. */
export function placeOf(element: Element | null): Place {
  if (!element || element === document.body) return "page";
  if (element.closest("dialog, textarea, select, [contenteditable]")) return "typing";
  if (element instanceof HTMLInputElement) return element.type === "range" ? "page" : "typing";
  return element.closest("button, a, summary") ? "pressable" : "page";
}
