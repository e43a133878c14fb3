import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { deskApi } from "../../client/api";
import type { Admit, CarrierKind, InviteRequest, InviteView, SeatView } from "../../client/types";
import { dayOf } from "../../state/format";
import type { Operator } from "../../state/operator";
import { deskTexts } from "../../texts.desk";
import { CommandErrors } from "../../ui/CommandErrors";
import { CopyLink } from "../../ui/CopyLink";
import { Dialog } from "../../ui/Dialog";
import { type Option, Select, TextField } from "../../ui/Field";
import "../../styles/invites.css";

const say = deskTexts;
const KEY = "invite";

const DAY_S = "86400";
const expiries = (): Option[] => [
  { value: "3600", label: say.expires.hour },
  { value: DAY_S, label: say.expires.day },
  { value: "604800", label: say.expires.week },
  { value: "", label: say.expires.never },
];

interface InviteDialogProps {
  operator: Operator;
  seats: readonly SeatView[];
  carriers: readonly CarrierKind[];
  onClose: () => void;
}

/** Make a link for a guest, and see which links work. */
export function InviteDialog({ operator, seats, carriers, onClose }: InviteDialogProps): JSX.Element {
  const made = useSignal<InviteView | null>(null);
  const open = useSignal<readonly InviteView[]>([]);
  const { commands } = operator;
  const refresh = async (): Promise<void> => {
    const found = await commands.run("invites", say.invitesOpen, deskApi.invites);
    if (found) open.value = found.invites;
  };
  const make = async (request: InviteRequest): Promise<void> => {
    made.value = await commands.run(KEY, say.inviteTitle, () => deskApi.invite(request));
    await refresh();
  };
  const revoke = async (invite: InviteView): Promise<void> => {
    await commands.run(invite.id, say.inviteRevoke, () => deskApi.revoke(invite.id));
    if (made.value?.id === invite.id) made.value = null;
    await refresh();
  };
  useEffect(() => void refresh(), []);
  return (
    <Dialog title={say.inviteTitle} onClose={onClose}>
      {made.value ? (
        <>
          <p class="invites-for">{nameOf(made.value)}</p>
          <CopyLink invite={made.value} />
          <button
            type="button"
            class="button"
            onClick={() => {
              made.value = null;
            }}
          >
            {say.inviteAgain}
          </button>
        </>
      ) : (
        <InviteForm
          seats={seats}
          carriers={carriers}
          busy={commands.pending.value.has(KEY)}
          onMake={(request) => void make(request)}
        />
      )}
      <CommandErrors commands={commands} />
      <OpenInvites
        invites={open.value}
        onShow={(invite) => {
          made.value = invite;
        }}
        onRevoke={(invite) => void revoke(invite)}
      />
    </Dialog>
  );
}

interface InviteFormProps {
  seats: readonly SeatView[];
  carriers: readonly CarrierKind[];
  busy: boolean;
  onMake: (request: InviteRequest) => void;
}

function InviteForm({ seats, carriers, busy, onMake }: InviteFormProps): JSX.Element {
  const seat = useSignal(seats.find(({ guest }) => guest === null)?.name ?? "");
  const name = useSignal("");
  const admit = useSignal<Admit>("direct");
  const carrier = useSignal<CarrierKind | null>(null);
  const expires = useSignal(DAY_S);
  const submit = (event: Event): void => {
    event.preventDefault();
    onMake({
      seat: seat.value || null,
      name: name.value.trim() || null,
      admit: seat.value ? admit.value : "lobby",
      carrier: carrier.value,
      expires_s: expires.value ? Number(expires.value) : null,
    });
  };
  return (
    <form class="dialog-form" onSubmit={submit}>
      <Select
        label={say.inviteSeat}
        value={seat.value}
        options={[
          ...seats.map(({ name: value, label }) => ({ value, label })),
          { value: "", label: say.inviteNoSeat },
        ]}
        onChange={(value) => {
          seat.value = value;
        }}
      />
      {seat.value ? (
        <Select
          label={say.inviteAdmit}
          value={admit.value}
          options={[
            { value: "direct", label: say.admitDirect },
            { value: "lobby", label: say.admitLobby },
          ]}
          onChange={(value) => {
            admit.value = value === "lobby" ? "lobby" : "direct";
          }}
        />
      ) : null}
      <TextField
        label={say.inviteName}
        value={name.value}
        onInput={(value) => {
          name.value = value;
        }}
      />
      {carriers.length > 1 ? (
        <Select
          label={say.inviteCarrier}
          value={carrier.value ?? ""}
          options={[
            { value: "", label: say.inviteCarrierAny },
            ...carriers.map((value) => ({ value, label: say.carriers[value] })),
          ]}
          onChange={(value) => {
            carrier.value = carriers.find((each) => each === value) ?? null;
          }}
        />
      ) : null}
      <Select
        label={say.inviteExpires}
        value={expires.value}
        options={expiries()}
        onChange={(value) => {
          expires.value = value;
        }}
      />
      <button type="submit" class="button button-primary" disabled={busy}>
        {busy ? say.inviteMaking : say.inviteMake}
      </button>
    </form>
  );
}

const nameOf = ({ name, seat, carrier }: InviteView): string =>
  [name || say.inviteAnybody, seat ?? say.lobby, ...(carrier ? [say.carriers[carrier]] : [])].join(" · ");

const untilOf = ({ expires_at }: InviteView): string =>
  expires_at === null ? say.expires.never : say.inviteUntil(dayOf(new Date(expires_at)));

interface OpenInvitesProps {
  invites: readonly InviteView[];
  onShow: (invite: InviteView) => void;
  onRevoke: (invite: InviteView) => void;
}

function OpenInvites({ invites, onShow, onRevoke }: OpenInvitesProps): JSX.Element | null {
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
            <button type="button" class="button button-small" onClick={() => onShow(invite)}>
              {say.inviteShow}
            </button>
            <button type="button" class="button button-small button-danger" onClick={() => onRevoke(invite)}>
              {say.inviteRevoke}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
