import { useEffect } from "preact/hooks";
import { stepKey } from "../../state/keys";

/** A number that is being typed is nobody's step yet: its field takes the keys. */
const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === "number";

/**
 * Have the keys for steps do what they say while something is there.
 *
 * @param act Told the step, and whether the key is held and has said so before; false where there is no step,
 *   and the browser may do what it does.
 */
export function useStepKeys(act: (step: "undo" | "redo", isHeld: boolean) => boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const step = isTyped(event.target) ? null : stepKey(event);
      if (step && act(step, event.repeat)) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [act]);
}
