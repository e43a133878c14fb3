import type { JSX } from "preact";
import { backstageApi } from "../../client/backstage";
import type { GuestView } from "../../client/types";
import type { Operator } from "../../state/operator";
import { backstageTexts as say } from "../../texts.backstage";
import { HeldButton } from "../../ui/Held";

const KEY = "test-guest";

/** Somebody who is made by the server, so that one person alone sees the whole chain. */
export function TestGuestButton({ operator }: { operator: Operator }): JSX.Element {
  const { commands } = operator;
  const busy = commands.pending.value.has(KEY);
  return (
    <HeldButton
      class="button button-small"
      busy={busy}
      onClick={() => void commands.run(KEY, say.testGuestFailed, backstageApi.makeTestGuest)}
    >
      {say.testGuest}
    </HeldButton>
  );
}

/** Has a test guest leave; nothing at anybody else's tile. */
export function LeaveButton({
  operator,
  guest,
}: {
  operator: Operator;
  guest: GuestView;
}): JSX.Element | null {
  const { commands } = operator;
  if (!guest.synthetic) return null;
  const leave = (): void =>
    void commands.run(guest.id, say.leaveOf(guest.name), () => backstageApi.endTestGuest(guest.id));
  return (
    <HeldButton
      class="button button-small"
      aria-label={say.leaveOf(guest.name)}
      busy={commands.pending.value.has(guest.id)}
      onClick={leave}
    >
      {say.leave}
    </HeldButton>
  );
}
