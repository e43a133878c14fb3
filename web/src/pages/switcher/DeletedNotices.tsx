import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import type { Deleted } from "../../state/deleted";
import { placeOf } from "../../state/places";
import { deskTexts as say } from "../../texts.desk";
import { HeldButton } from "../../ui/Held";
import { stays } from "../../ui/leave-focus";
import { useStepKeys } from "./use-step-keys";

/** What was deleted just now, with the way back; the key for a step back takes it too. */
export function DeletedNotices({ deleted }: { deleted: Deleted }): JSX.Element {
  const act = useCallback(
    (step: "undo" | "redo", isHeld: boolean): boolean => {
      const isElsewhere =
        placeOf(document.activeElement) === "typing" || document.querySelector("dialog[open]");
      if (step !== "undo" || isElsewhere || deleted.kept.peek().length === 0) return false;
      // Each thing that comes back is asked for by a press of its own.
      if (!isHeld) void deleted.undoLast();
      return true;
    },
    [deleted],
  );
  useStepKeys(act);
  return (
    <div {...stays} class="desk-deleted" role="status">
      {deleted.kept.value.map(({ id, name }) => (
        <div
          key={id}
          class="desk-deleted-one"
          onPointerEnter={() => deleted.hold(id)}
          onPointerLeave={() => deleted.leave(id)}
          onFocusIn={() => deleted.hold(id)}
          onFocusOut={() => deleted.leave(id)}
        >
          <span>{say.deleted(name)}</span>
          <HeldButton
            class="button button-small"
            aria-label={say.undoOf(name)}
            aria-keyshortcuts="Control+Z Meta+Z"
            busy={deleted.isPending(id)}
            onClick={() => void deleted.undo(id)}
          >
            {say.undo}
          </HeldButton>
        </div>
      ))}
      <span class="only-heard">{deleted.said.value}</span>
    </div>
  );
}
