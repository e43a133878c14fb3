import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Admit, CarrierKind, InviteRequest, SeatView } from "../../client/types";
import { errorAt } from "../../state/field-errors";
import type { Invitations } from "../../state/invitations";
import { deskTexts } from "../../texts.desk";
import { type Option, Select, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";

const say = deskTexts;
const FIELDS = ["seat", "name", "admit", "carrier", "expires_s"] as const;

const DAY_S = "86400";
const expiries = (): Option[] => [
  { value: "3600", label: say.expires.hour },
  { value: DAY_S, label: say.expires.day },
  { value: "604800", label: say.expires.week },
  { value: "", label: say.expires.never },
];

interface InviteFormProps {
  invitations: Invitations;
  seats: readonly SeatView[];
  carriers: readonly CarrierKind[];
  /** The seat to begin with. */
  first: string | null;
}

/** What a link is to be like; one for each free seat takes all of it but the seat and the name. */
export function InviteForm({ invitations, seats, carriers, first }: InviteFormProps): JSX.Element {
  const { attempt } = invitations;
  const free = seats.filter(({ guest }) => guest === null);
  const seat = useSignal(first ?? free[0]?.name ?? "");
  const name = useSignal("");
  const admit = useSignal<Admit>("direct");
  const carrier = useSignal<CarrierKind | null>(null);
  const expires = useSignal(DAY_S);
  const wish = (to: string, of: string): InviteRequest => ({
    seat: to || null,
    name: of || null,
    admit: to ? admit.value : "lobby",
    carrier: carrier.value,
    expires_s: expires.value ? Number(expires.value) : null,
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void invitations.make([wish(seat.value, name.value.trim())]);
  };
  const error = (field: (typeof FIELDS)[number]): string | undefined => errorAt(attempt.errors.value, field);
  return (
    <form class="dialog-form" onSubmit={submit}>
      <Select
        label={say.inviteSeat}
        value={seat.value}
        error={error("seat")}
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
          error={error("admit")}
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
        error={error("name")}
        onInput={(value) => {
          name.value = value;
        }}
      />
      {carriers.length > 1 ? (
        <Select
          label={say.inviteCarrier}
          value={carrier.value ?? ""}
          error={error("carrier")}
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
        error={error("expires_s")}
        options={expiries()}
        onChange={(value) => {
          expires.value = value;
        }}
      />
      <Refusal
        attempt={attempt}
        fields={carriers.length > 1 ? FIELDS : FIELDS.filter((f) => f !== "carrier")}
      />
      <HeldButton type="submit" class="button button-primary" busy={attempt.busy.value}>
        {attempt.busy.value ? say.inviteMaking : say.inviteMake}
      </HeldButton>
      {free.length > 1 ? (
        <HeldButton
          class="button"
          busy={attempt.busy.value}
          onClick={() => void invitations.make(free.map(({ name: to }) => wish(to, "")))}
        >
          {say.inviteEach}
        </HeldButton>
      ) : null}
    </form>
  );
}
