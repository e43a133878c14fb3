import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { GuestCommand, GuestView } from "../../client/types";
import type { Asks } from "../../state/asks";
import { meantOf } from "../../state/device-names";
import { bitrate } from "../../state/format";
import { PRESETS } from "../../state/presets";
import { backstageTexts as say } from "../../texts.backstage";
import { Dialog } from "../../ui/Dialog";
import { type Option, Select } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";

type Ask<K extends GuestCommand["kind"]> = Extract<GuestCommand, { kind: K }>;
type DeviceKind = Ask<"device">["device"];

const KINDS = ["camera", "microphone", "speaker"] as const satisfies readonly DeviceKind[];
const qualities = (): Option[] =>
  PRESETS.map(({ id, bitrate: most }) => ({ value: id, label: say.qualityOption(id, bitrate(most)) }));

interface PartProps {
  asks: Asks;
  guest: GuestView;
}

interface DevicesSheetProps extends PartProps {
  onClose: () => void;
  /** What became of what was asked for. */
  children: ComponentChildren;
}

/** Another size of picture or another device, asked of a guest's page; what it has is what it has told. */
export function DevicesSheet({ asks, guest, onClose, children }: DevicesSheetProps): JSX.Element {
  return (
    <Dialog title={say.devicesOf(guest.name)} onClose={onClose}>
      {children}
      <QualityPart asks={asks} guest={guest} />
      {guest.devices ? (
        KINDS.map((kind) => <DevicePart key={kind} kind={kind} asks={asks} guest={guest} />)
      ) : (
        <p class="desk-nobody">{say.untold}</p>
      )}
    </Dialog>
  );
}

function QualityPart({ asks, guest }: PartProps): JSX.Element {
  const chosen = useSignal<string | null>(null);
  const isPending = useComputed(() => asks.isPending(guest.id, "quality")).value;
  const now = guest.devices?.quality ?? null;
  const value = chosen.value ?? now ?? "";
  return (
    <Select
      label={say.quality}
      value={value}
      options={qualities().map((each) => marked(each, now))}
      onChange={(quality) => {
        chosen.value = quality;
      }}
    >
      <AskButton
        word={say.askFor}
        label={say.askForOf(say.quality)}
        isPending={isPending}
        why={guest.away ? say.pageAway : value === now && say.isSoAlready}
        onAsk={() => {
          const quality = PRESETS.find(({ id }) => id === value)?.id;
          chosen.value = null;
          if (quality) void asks.ask(guest.id, { kind: "quality", quality });
        }}
      />
    </Select>
  );
}

function DevicePart({ asks, guest, kind }: PartProps & { kind: DeviceKind }): JSX.Element {
  const chosen = useSignal<string | null>(null);
  const isPending = useComputed(() => asks.isPending(guest.id, "device")).value;
  const devices = guest.devices?.[kind] ?? { names: [], now: "" };
  const { names, now } = devices;
  const word = say.deviceKinds[kind];
  const value = meantOf(devices, chosen.value);
  return (
    <Select
      label={word}
      value={value}
      options={[...new Set(names)].map((name) => marked({ value: name, label: name }, now))}
      empty={say.noOther}
      onChange={(name) => {
        chosen.value = name;
      }}
    >
      <AskButton
        word={say.askFor}
        label={say.askForOf(word)}
        isPending={isPending}
        why={guest.away ? say.pageAway : names.length === 0 ? say.noOther : value === now && say.isSoAlready}
        onAsk={() => {
          chosen.value = null;
          void asks.ask(guest.id, { kind: "device", device: kind, label: value });
        }}
      />
    </Select>
  );
}

const marked = ({ value, label }: Option, now: string | null): Option => ({
  value,
  label: value === now ? say.inUse(label) : label,
});

interface AskButtonProps {
  word: string;
  label: string;
  isPending: boolean;
  /** Why there is nothing to ask for. */
  why: string | false;
  onAsk: () => void;
}

function AskButton({ word, label, isPending, why, onAsk }: AskButtonProps): JSX.Element {
  return (
    <HeldButton class="button" aria-label={label} busy={isPending} why={why} onClick={onAsk}>
      {word}
    </HeldButton>
  );
}
