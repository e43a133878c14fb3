import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Desk } from "../../state/desk";
import { sentences } from "../../state/format";
import type { Operator } from "../../state/operator";
import { deskTexts as say } from "../../texts.desk";
import { Dialog } from "../../ui/Dialog";
import { Notice } from "../../ui/Notice";
import "../../styles/warnings.css";

interface Warning {
  key: string;
  tone: "bad" | "warn";
  title: string;
  detail: string;
}

function warningsOf(operator: Operator, desk: Desk): Warning[] {
  const told = desk.health.warnings.map(({ code, since, severity, message, hint }) => ({
    key: code + since,
    tone: severity === "critical" ? ("bad" as const) : ("warn" as const),
    title: sentences(message),
    detail: sentences(hint),
  }));
  const [title, detail] = say.noEvents;
  return operator.eventsUp.value ? told : [{ key: "events", tone: "warn", title, detail }, ...told];
}

/** What is wrong, in one line of the page's head, so that nothing below moves; pressed, it tells all of it. */
export function Warnings({ operator, desk }: { operator: Operator; desk: Desk }): JSX.Element {
  const open = useSignal(false);
  const warnings = warningsOf(operator, desk);
  const [first] = warnings;
  const isBad = warnings.some(({ tone }) => tone === "bad");
  return (
    <div class="warnings">
      {first ? (
        <button
          type="button"
          class={isBad ? "warnings-line warnings-bad" : "warnings-line"}
          aria-haspopup="dialog"
          onClick={() => {
            open.value = true;
          }}
        >
          <span class="warnings-first" role="alert">
            {first.title}
          </span>
          {warnings.length > 1 ? <span class="warnings-more">{say.more(warnings.length - 1)}</span> : null}
        </button>
      ) : null}
      {open.value ? (
        <Dialog
          title={say.warnings}
          onClose={() => {
            open.value = false;
          }}
        >
          {warnings.length === 0 ? <p>{say.noWarnings}</p> : null}
          {warnings.map(({ key, tone, title, detail }) => (
            <Notice key={key} tone={tone} title={title}>
              <p>{detail}</p>
            </Notice>
          ))}
        </Dialog>
      ) : null}
    </div>
  );
}
