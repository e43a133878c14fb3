import type { ComponentChildren, JSX } from "preact";
import type { GuestView, SessionView } from "../client/types";
import { wayOf } from "../state/way";
import "../styles/way.css";

interface WayProps {
  guest: GuestView;
  session: SessionView | undefined;
  children?: ComponentChildren;
}

/** By which carrier a guest comes, how far that has got, and what can be done about it (`children`). */
export function Way({ guest, session, children }: WayProps): JSX.Element {
  const { text, reason } = wayOf(guest, session);
  return (
    <div class="way">
      <p class="way-text">{text}</p>
      {children}
      {reason ? <p class="way-reason">{reason}</p> : null}
    </div>
  );
}
