/** What a pointer has pressed, or chosen from, lets the focus go: the keys are the desk's again. */

import { isChoice, isLetGo } from "../state/places";

export class LetGo {
  /** The choice to which a pointer went, as long as it has the focus. */
  #pointed: HTMLElement | null = null;

  /** A pointer goes down somewhere; a label stands for what it names. */
  readonly point = ({ target }: Event): void => {
    if (!(target instanceof Element)) return;
    const meant = target.closest("label")?.control ?? target;
    this.#pointed = meant instanceof HTMLElement && isChoice(meant) ? meant : null;
  };

  readonly focus = ({ target }: Event): void => {
    if (target !== this.#pointed) this.#pointed = null;
  };

  /** A pointer has pressed a button. */
  readonly release = (): void => {
    const pressed = document.activeElement;
    if (pressed instanceof HTMLElement && isLetGo(pressed)) pressed.blur();
  };

  readonly choose = ({ target }: Event): void => {
    if (target === this.#pointed) this.#pointed?.blur();
  };

  /** Whether an element only has the focus because a pointer went there, and takes no keys: its list is closed. */
  isIdle(element: Element | null): boolean {
    return element !== null && element === this.#pointed && !isOpen(element);
  }
}

/** A browser that cannot say so may have it open. */
function isOpen(element: Element): boolean {
  try {
    return element.matches("select:open");
  } catch {
    return element.matches("select");
  }
}
