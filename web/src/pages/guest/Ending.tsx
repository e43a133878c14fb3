import type { JSX } from "preact";
import type { Phase } from "../../state/page";
import { settings } from "../../state/settings";
import type { Stage } from "../../state/stage";
import { texts } from "../../texts";
import { Message } from "../../ui/Message";

/** Why the visit is over; three of the four endings can be undone by a person. */
export function Ending({
  phase,
  stage,
}: {
  phase: Extract<Phase, { kind: "ended" }>;
  stage: Stage;
}): JSX.Element {
  const { reason } = phase;
  const [title, detail] = texts.ended[reason];
  return (
    <Message tone="wait" title={title} detail={detail}>
      {reason === "left" || reason === "removed" ? (
        <button type="button" class="button button-primary" onClick={() => stage.back()}>
          {texts.guest.joinAgain}
        </button>
      ) : null}
      {reason === "opened_elsewhere" ? <TakeOver stage={stage} label={texts.guest.takeoverYes} /> : null}
    </Message>
  );
}

/** The link is in use elsewhere: ask before anybody is thrown out. */
export function Occupied({ stage }: { stage: Stage }): JSX.Element {
  return (
    <Message tone="warn" title={texts.guest.takeover} detail={texts.guest.takeoverDetail}>
      <TakeOver stage={stage} label={texts.guest.takeoverYes} />
      <button type="button" class="button" onClick={() => stage.back()}>
        {texts.guest.takeoverNo}
      </button>
    </Message>
  );
}

function TakeOver({ stage, label }: { stage: Stage; label: string }): JSX.Element {
  return (
    <button
      type="button"
      class="button button-primary"
      onClick={() => void stage.join(settings.value.name, { takeover: true })}
    >
      {label}
    </button>
  );
}
