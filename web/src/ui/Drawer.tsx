import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { texts } from "../texts";
import { useFocusBack } from "./focus-back";
import { Icon } from "./Icon";
import "../styles/drawer.css";

interface DrawerProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A sheet at the page's side, beside which the show goes on; Escape and its button close it. */
export function Drawer({ title, onClose, children }: DrawerProps): JSX.Element {
  const element = useRef<HTMLElement>(null);
  const id = useId();
  useFocusBack();
  useEffect(() => {
    element.current?.focus();
    const press = ({ key }: KeyboardEvent): void => {
      if (key === "Escape" && !document.querySelector("dialog[open]")) onClose();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <section ref={element} class="drawer" aria-labelledby={id} tabIndex={-1}>
      <header class="drawer-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="button button-quiet button-icon"
          onClick={onClose}
          aria-label={texts.guest.close}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </section>
  );
}
