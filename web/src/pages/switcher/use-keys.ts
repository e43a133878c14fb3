import { useEffect } from "preact/hooks";
import { bindings } from "../../state/bindings";
import type { Console } from "../../state/console";
import { type DeskKey, deskKey, isPressing } from "../../state/keys";
import { placeOf } from "../../state/places";
import { LetGo } from "../../ui/let-go";
import { LostField } from "../../ui/lost-field";

/** Have the desk's keys do what they say while the page is there. */
export function useKeys(console: Console, onHelp: () => void): void {
  useEffect(() => {
    const lost = new LostField();
    const hold = new LetGo();
    const press = (event: KeyboardEvent): void => {
      if (document.querySelector("dialog[open]")) return;
      const target = event.target as Element | null;
      const place = hold.isIdle(target) ? "page" : placeOf(target);
      if (place !== "typing" && lost.takes()) {
        if (isPressing(event)) event.preventDefault();
        return;
      }
      const key = deskKey(event, place, bindings.peek());
      if (!key || (key.do !== "help" && !console.ready.peek())) return;
      event.preventDefault();
      act(console, key, onHelp);
    };
    const page = new AbortController();
    const { signal } = page;
    // Before what a key does takes the field away.
    document.addEventListener("keydown", lost.hear, { signal, capture: true });
    document.addEventListener("focusin", lost.go, { signal });
    document.addEventListener("pointerdown", lost.go, { signal });
    document.addEventListener("keydown", press, { signal });
    document.addEventListener("focusin", hold.focus, { signal });
    document.addEventListener("pointerdown", hold.point, { signal });
    document.addEventListener("mouseup", hold.release, { signal });
    document.addEventListener("change", hold.choose, { signal });
    return () => {
      page.abort();
      lost.close();
    };
  }, [console]);
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
