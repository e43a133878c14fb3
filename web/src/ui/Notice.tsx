import type { ComponentChildren, JSX } from "preact";
import type { Tone } from "../state/status";
import "../styles/notice.css";

interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: ComponentChildren;
  /** Read out as soon as it appears. */
  urgent?: boolean;
}

/** One thing to know: a title, a sentence, an action. */
export function Notice({ tone, title, children, urgent = false }: NoticeProps): JSX.Element {
  return (
    <div class={`notice notice-${tone}`} role={urgent ? "alert" : "status"}>
      <span class="notice-lamp" aria-hidden="true" />
      <div class="notice-body">
        {title ? <p class="notice-title">{title}</p> : null}
        {children}
      </div>
    </div>
  );
}
