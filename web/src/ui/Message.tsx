import type { ComponentChildren, JSX } from "preact";
import type { Tone } from "../state/status";
import "../styles/message.css";

interface MessageProps {
  tone: Tone;
  title: string;
  detail?: string;
  children?: ComponentChildren;
}

/** A page with one thing to say and one thing to do. */
export function Message({ tone, title, detail, children }: MessageProps): JSX.Element {
  return (
    <section class={`message message-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <span class="message-lamp" aria-hidden="true" />
      <h1>{title}</h1>
      {detail ? <p>{detail}</p> : null}
      {children ? <div class="message-actions">{children}</div> : null}
    </section>
  );
}
