import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { CommandView, GuestView } from "../../client/types";
import { isToRead, saysOf } from "../../state/asks";
import { type ScreenLine, screenLines, TAKES_AWAY } from "../../state/on-screen";
import type { Operator } from "../../state/operator";
import { backstageTexts as say } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { HeldButton } from "../../ui/Held";

interface OfGuest {
  operator: Operator;
  guest: GuestView;
}

interface AskLinesProps extends OfGuest {
  /** What says itself, beside these lines, why it is refused. */
  fields?: readonly string[];
}

/** What stands on a guest's screen, and what became of the last commands of each kind while there is something to say. */
export function AskLines({ operator, guest, fields = [] }: AskLinesProps): JSX.Element {
  const { asks } = operator;
  const isUnread = ({ id }: { id: string }): boolean => !asks.read.value.has(id);
  const commands = [...(asks.asked.value.get(guest.id)?.values() ?? [])].filter(isUnread);
  const isSaid = fields.some((field) => asks.errorAt(guest.id, field) !== undefined);
  const failure = isSaid ? undefined : asks.failures.value.get(guest.id)?.words;
  return (
    <div class="asks-lines" role="status">
      {failure ? (
        <p class="asks-line asks-failed">
          <span>{failure}</span>
          <ReadButton onRead={() => asks.dismiss(guest.id, null)} what={failure} />
        </p>
      ) : null}
      {screenLines(guest.on_screen)
        .filter((line) => !line.isOver || isUnread(line))
        .map((line) => (
          <OnScreenLine key={line.kind} operator={operator} guest={guest} line={line} />
        ))}
      {commands.map((command) => (
        <AskLine key={command.id} operator={operator} command={command} />
      ))}
    </div>
  );
}

function OnScreenLine({ operator, guest, line }: OfGuest & { line: ScreenLine }): JSX.Element {
  const { asks } = operator;
  const { kind, id, words, isOver } = line;
  const isPending = useComputed(() => asks.isPending(guest.id, kind)).value;
  return (
    <p class="asks-line">
      <span>{words}</span>
      {isOver ? (
        <ReadButton onRead={() => asks.dismiss(guest.id, id)} what={words} />
      ) : (
        <HeldButton
          class="button button-small button-quiet"
          aria-label={say.takeAwayOf(words)}
          busy={isPending}
          onClick={() => void asks.ask(guest.id, TAKES_AWAY[kind])}
        >
          {say.takeAway}
        </HeldButton>
      )}
    </p>
  );
}

function AskLine({ operator, command }: { operator: Operator; command: CommandView }): JSX.Element | null {
  const { id, guest, state } = command;
  const words = saysOf(command);
  if (words === null) return null;
  const isFailed = state === "refused" || state === "timeout";
  return (
    <p class={isFailed ? "asks-line asks-failed" : "asks-line"}>
      <span>{words}</span>
      {isToRead(command) ? <ReadButton onRead={() => operator.asks.dismiss(guest, id)} what={words} /> : null}
    </p>
  );
}

function ReadButton({ onRead, what }: { onRead: () => void; what: string }): JSX.Element {
  return (
    <HeldButton class="button button-small button-quiet" aria-label={say.dismissOf(what)} onClick={onRead}>
      {deskTexts.dismiss}
    </HeldButton>
  );
}
