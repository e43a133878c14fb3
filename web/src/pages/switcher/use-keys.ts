import { useEffect } from "preact/hooks";
import { bindings } from "../../state/bindings";
import type { Console } from "../../state/console";
import { type DeskKey, deskKey, isLetGo, placeOf } from "../../state/keys";

/** Have the desk's keys do what they say while the page is there. */
export function useKeys(console: Console, onHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (document.querySelector("dialog[open]")) return;
      const key = deskKey(event, placeOf(event.target as Element | null), bindings.peek());
      if (!key || (key.do !== "help" && !console.ready.peek())) return;
      event.preventDefault();
      act(console, key, onHelp);
    };
    document.addEventListener("keydown", press);
    document.addEventListener("mouseup", letGo);
    return () => {
      document.removeEventListener("keydown", press);
      document.removeEventListener("mouseup", letGo);
    };
  }, [console]);
}

/** A button that a pointer has pressed keeps no focus: space and enter are the desk's again. */
function letGo(): void {
  const pressed = document.activeElement;
  if (pressed instanceof HTMLElement && isLetGo(pressed)) pressed.blur();
}

function act(console: Console, key: DeskKey, onHelp: () => void): void {
  switch (key.do) {
    case "preview":
    case "cut": {
      const scene = console.mixing.peek().board?.scenes[key.number - 1]?.id;
      if (scene) void console[key.do](scene);
      return;
    }
    case "help":
      onHelp();
      return;
    default:
      void console[key.do]();
  }
}
