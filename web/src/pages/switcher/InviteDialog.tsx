import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { CarrierKind, InviteView, SeatView } from "../../client/types";
import { dayOf } from "../../state/format";
import { asText, followInvites, Invitations } from "../../state/invitations";
import type { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { CommandErrors } from "../../ui/CommandErrors";
import { CopyLink } from "../../ui/CopyLink";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { Icon } from "../../ui/Icon";
import { InviteForm } from "./InviteForm";
import "../../styles/invites.css";

const say = deskTexts;

interface InviteDialogProps {
  operator: Operator;
  seats: readonly SeatView[];
  carriers: readonly CarrierKind[];
  /** The seat to begin with; null is the first that is free. */
  first: string | null;
  onClose: () => void;
}

/** Make links for guests, and see which links work. */
export function InviteDialog({ operator, seats, carriers, first, onClose }: InviteDialogProps): JSX.Element {
  const { commands } = operator;
  const invitations = useMemo(() => new Invitations(commands), []);
  useEffect(() => followInvites(invitations, operator.invites), []);
  const shown = invitations.shown.value;
  const nameOf = namer(seats);
  return (
    <Dialog title={say.inviteTitle} onClose={onClose}>
      {shown.length > 0 ? (
        <>
          <Shown invites={shown} nameOf={nameOf} />
          <button
            type="button"
            class="button"
            onClick={() => {
              invitations.shown.value = [];
            }}
          >
            {say.inviteAgain}
          </button>
        </>
      ) : (
        <InviteForm invitations={invitations} seats={seats} carriers={carriers} first={first} />
      )}
      <CommandErrors commands={commands} />
      <OpenInvites invitations={invitations} nameOf={nameOf} />
    </Dialog>
  );
}

interface ShownProps {
  invites: readonly InviteView[];
  nameOf: NameOf;
}

/** One link with its QR code, or all that were made at once. */
function Shown({ invites, nameOf }: ShownProps): JSX.Element {
  const [first, ...others] = invites;
  if (first && others.length === 0) {
    return (
      <>
        <p class="invites-for">{nameOf(first)}</p>
        <CopyLink invite={first} />
      </>
    );
  }
  return <AllLinks invites={invites} nameOf={nameOf} />;
}

function AllLinks({ invites, nameOf }: ShownProps): JSX.Element {
  const copied = useSignal<boolean | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(asText(invites, nameOf));
      copied.value = true;
    } catch {
      copied.value = false;
    }
  };
  return (
    <section class="invites-all" aria-label={say.inviteEach}>
      <p class="invites-for">{say.inviteEachMade}</p>
      <ul>
        {invites.map((invite) => (
          <li key={invite.id}>
            <label class="field">
              <span class="field-label">{nameOf(invite)}</span>
              <input class="field-input" readOnly value={invite.url} />
            </label>
          </li>
        ))}
      </ul>
      <button type="button" class="button button-primary" onClick={() => void copy()}>
        <Icon name="copy" />
        {copied.value ? say.inviteCopied : say.inviteCopyAll}
      </button>
      {copied.value === false ? (
        <p class="field-note field-error" role="alert">
          {say.copyFailed}
        </p>
      ) : null}
    </section>
  );
}

type NameOf = (invite: InviteView) => string;

/** For whom and where a link is, the seat as everywhere on the page. */
const namer =
  (seats: readonly SeatView[]): NameOf =>
  ({ name, seat, carrier }) => {
    const place = seats.find((each) => each.name === seat)?.label ?? seat ?? say.lobby;
    return [name || say.inviteAnybody, place, ...(carrier ? [say.carriers[carrier]] : [])].join(" · ");
  };

const untilOf = ({ expires_at }: InviteView): string =>
  expires_at === null ? say.expires.never : say.inviteUntil(dayOf(new Date(expires_at)));

interface OpenInvitesProps {
  invitations: Invitations;
  nameOf: NameOf;
}

function OpenInvites({ invitations, nameOf }: OpenInvitesProps): JSX.Element | null {
  const invites = invitations.open.value;
  if (invites.length === 0) return null;
  return (
    <section class="invites">
      <h3 class="field-label">{say.invitesOpen}</h3>
      <ul>
        {invites.map((invite) => (
          <li key={invite.id} class="invites-row">
            <span>
              {nameOf(invite)}
              <span class="invites-until">{untilOf(invite)}</span>
            </span>
            <HeldButton
              class="button button-small"
              busy={invitations.isRevoking(invite)}
              onClick={() => {
                invitations.shown.value = [invite];
              }}
            >
              {say.inviteShow}
            </HeldButton>
            <HeldButton
              class="button button-small button-danger"
              busy={invitations.isRevoking(invite)}
              onClick={() => void invitations.revoke(invite)}
            >
              {say.inviteRevoke}
            </HeldButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
