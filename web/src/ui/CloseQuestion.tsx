import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { deskTexts } from "../texts.desk";
import { sceneTexts as say } from "../texts.scenes";
import { Notice } from "./Notice";

interface Closing {
  /** It is being asked whether what was changed is to be lost. */
  asked: Signal<boolean>;
  /** For the sheet, which asks before it closes. */
  mayClose: () => boolean;
}

/** Have a sheet ask before it closes over what was changed in it. */
export function useClosing(isChanged: () => boolean): Closing {
  const asked = useSignal(false);
  const mayClose = (): boolean => {
    asked.value = isChanged();
    return !asked.peek();
  };
  return { asked, mayClose };
}

interface CloseQuestionProps {
  asked: Signal<boolean>;
  onClose: () => void;
}

/** The question, in the place of a sheet's buttons; whoever goes back is where they were. */
export function CloseQuestion({ asked, onClose }: CloseQuestionProps): JSX.Element {
  const back = useRef<HTMLButtonElement>(null);
  const before = useRef(document.activeElement);
  useEffect(() => back.current?.focus(), []);
  const [title, detail] = say.questions.close;
  const goBack = (): void => {
    if (before.current instanceof HTMLElement) before.current.focus();
    asked.value = false;
  };
  return (
    <Notice tone="warn" title={title} urgent>
      <p>{detail}</p>
      <div class="dialog-actions">
        <button ref={back} type="button" class="button" onClick={goBack}>
          {deskTexts.back}
        </button>
        <button type="button" class="button button-danger-solid" onClick={onClose}>
          {say.answers.close}
        </button>
      </div>
    </Notice>
  );
}
