import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useEffect, useId, useRef } from "preact/hooks";
import { texts } from "../texts";
import { useFocusBack } from "./focus-back";
import { Icon } from "./Icon";
import "../styles/dialog.css";

/** What a page says in every sheet as well: all that is behind a modal one cannot be reached. */
export const AboveDialogs = createContext<() => JSX.Element | null>(() => null);

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** As wide as the page allows. */
  wide?: boolean;
  /** Asked before it closes; false keeps it open. */
  mayClose?: () => boolean;
}

/** A modal sheet; Escape and its button close it. */
export function Dialog(props: DialogProps): JSX.Element {
  const { title, onClose, children, wide = false, mayClose } = props;
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const Above = useContext(AboveDialogs);
  useFocusBack();
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const close = (): void => {
    if (mayClose?.() !== false) onClose();
    // The browser has closed it already.
    else if (!element.current?.open) element.current?.showModal();
  };
  return (
    <dialog
      ref={element}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        if (mayClose?.() === false) event.preventDefault();
      }}
      onClose={close}
    >
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="button button-quiet button-icon"
          onClick={close}
          aria-label={texts.guest.close}
        >
          <Icon name="close" />
        </button>
      </header>
      <Above />
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
