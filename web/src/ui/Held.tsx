/** Buttons and choices that keep the focus while they do nothing: from a `disabled` one it falls to the page, whose keys are orders. */

import type { ButtonHTMLAttributes, JSX, SelectHTMLAttributes, TargetedMouseEvent } from "preact";
import { useLeaveFocus } from "./leave-focus";

interface Held {
  /** What it has been told is under way. */
  busy?: boolean;
}

interface HeldButtonProps
  extends Omit<ButtonHTMLAttributes, "type" | "disabled" | "onClick" | "aria-busy" | "aria-disabled">,
    Held {
  type?: "button" | "submit";
  /** Why it would change nothing, or cannot at the moment; with nothing here it can. */
  why?: string | false | null | undefined;
  /** What it did is not to be seen yet; it can be pressed again. */
  isComing?: boolean;
  onClick?: () => void;
}

/** A button that does nothing while it is busy or off, and has the focus all the same; gone, it leaves it near. */
export function HeldButton(props: HeldButtonProps): JSX.Element {
  const { type = "button", busy = false, why, isComing = false, onClick, ...rest } = props;
  const own = useLeaveFocus<HTMLButtonElement>();
  const isHeld = busy || Boolean(why);
  const press = (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    // Also what Enter in a form's field does.
    if (isHeld) event.preventDefault();
    else onClick?.();
  };
  return (
    <button
      {...rest}
      {...reasonOf(why)}
      ref={own}
      type={type}
      aria-busy={busy || isComing}
      aria-disabled={isHeld}
      onClick={press}
    />
  );
}

/** A reason as its description, for a mouse that waits on it, and for `Reasons`. */
export const reasonOf = (why: string | false | null | undefined): { title?: string; "data-why"?: string } =>
  why ? { title: why, "data-why": why } : {};

interface HeldSelectProps
  extends Pick<SelectHTMLAttributes, "id" | "class" | "aria-label" | "children">,
    Held {
  value: string | number;
  onChoose: (value: string) => void;
}

/** A choice that stays as it is while it is busy, and can have the focus all the same. */
export function HeldSelect({ busy = false, value, onChoose, ...rest }: HeldSelectProps): JSX.Element {
  return (
    <select
      {...rest}
      value={value}
      aria-busy={busy}
      aria-disabled={busy}
      onChange={({ currentTarget }) => {
        if (busy) currentTarget.value = String(value);
        else onChoose(currentTarget.value);
      }}
    />
  );
}
