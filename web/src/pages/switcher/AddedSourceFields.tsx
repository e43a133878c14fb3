import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DeviceView } from "../../client/types";
import { isFed } from "../../state/added-sources";
import { errorAt } from "../../state/field-errors";
import { sentences } from "../../state/format";
import type { Library } from "../../state/library";
import { PATH_LENGTH, type SourceDraft, URL_LENGTH } from "../../state/source-draft";
import type { SourceHand } from "../../state/source-hand";
import { sourcesTexts as say } from "../../texts.sources";
import { Checkbox, ColorField, NumberField, type Option, Select, TextField } from "../../ui/Field";

/** Milliseconds, until another number is set, and at most: as control has it. */
const USUAL_DELAY = 300;
const MOST_DELAY = 1000;

/** What a camera may be asked for here; the API takes any. */
const SIZES = [
  { width: 1280, height: 720, frame_rate: 30 },
  { width: 1920, height: 1080, frame_rate: 30 },
  { width: 1920, height: 1080, frame_rate: 60 },
] as const;

interface HandProps {
  hand: SourceHand;
}

interface FieldsProps extends HandProps {
  /** Those that can be chosen. */
  devices: readonly DeviceView[];
  library: Library;
}

const refusedOf = (hand: SourceHand, field: keyof SourceDraft): string | undefined =>
  errorAt(hand.attempt.errors.value, field);

/** The fields of the kind that is chosen. */
export function AddedSourceFields({ hand, devices, library }: FieldsProps): JSX.Element {
  const kind = hand.kind.value;
  const isFile = kind === "slate" || kind === "color";
  return (
    <>
      {kind === "url" ? <Address hand={hand} /> : null}
      {kind === "hub" ? <Path hand={hand} /> : null}
      {kind === "device" ? <DeviceFields hand={hand} devices={devices} /> : null}
      <TextField
        label={kind === "slate" ? say.text : say.name}
        value={hand.draft.value.label}
        error={refusedOf(hand, "label")}
        onInput={(label) => hand.change({ label })}
      />
      {isFile ? (
        <ColorField
          label={say.color}
          value={hand.draft.value.color}
          onChange={(color) => hand.change({ color })}
        />
      ) : null}
      {kind === "slate" ? <Still hand={hand} library={library} /> : null}
      {kind === "url" || kind === "hub" ? <Iso hand={hand} /> : null}
      {isFed(kind) ? <Delay hand={hand} /> : null}
    </>
  );
}

function Address({ hand }: HandProps): JSX.Element {
  const { url } = hand.draft.value;
  const hint = hand.opened && url === hand.opened.url ? say.addressKept : say.addressHint;
  const refused = refusedOf(hand, "url");
  return (
    <TextField
      label={say.address}
      value={url}
      hint={hint}
      error={refused && sentences(refused, say.addressHint)}
      maxLength={URL_LENGTH}
      onInput={(value) => hand.change({ url: value })}
    />
  );
}

function Path({ hand }: HandProps): JSX.Element {
  const refused = refusedOf(hand, "url");
  return (
    <TextField
      label={say.path}
      value={hand.draft.value.url}
      hint={say.pathHint}
      error={refused && sentences(refused, say.pathHint)}
      maxLength={PATH_LENGTH}
      onInput={(value) => hand.change({ url: value })}
    />
  );
}

function DeviceFields({ hand, devices }: HandProps & Pick<FieldsProps, "devices">): JSX.Element {
  const { url } = hand.draft.value;
  useEffect(() => {
    // What a choice shows is what it has.
    const [first] = devices;
    if (!url && first) hand.change({ url: first.url });
  }, [url, devices]);
  const known: Option[] = devices.map(({ url: value, kind, label }) => ({
    value,
    label: kind === "camera" ? say.cameras(label) : say.inputs(label),
  }));
  const isThere = !url || known.some(({ value }) => value === url);
  const isCamera = url.startsWith("/dev/");
  return (
    <>
      <Select
        label={say.device}
        value={url}
        options={isThere ? known : [{ value: url, label: say.notThere(url) }, ...known]}
        error={refusedOf(hand, "url")}
        onChange={(value) => hand.change({ url: value, capture: null })}
      />
      {isCamera ? <CaptureField hand={hand} /> : null}
    </>
  );
}

type Capture = NonNullable<SourceDraft["capture"]>;

const sizeOf = ({ width, height, frame_rate }: Capture): string => `${width}×${height} ${frame_rate} fps`;

function CaptureField({ hand }: HandProps): JSX.Element {
  const { capture } = hand.draft.value;
  const sizes: Capture[] = [...SIZES];
  if (capture && !sizes.some((each) => sizeOf(each) === sizeOf(capture))) sizes.unshift(capture);
  return (
    <Select
      label={say.capture}
      value={capture ? sizeOf(capture) : ""}
      options={[
        { value: "", label: say.asItGives },
        ...sizes.map((each) => ({ value: sizeOf(each), label: sizeOf(each) })),
      ]}
      error={refusedOf(hand, "capture")}
      onChange={(value) => hand.change({ capture: sizes.find((each) => sizeOf(each) === value) ?? null })}
    />
  );
}

function Still({ hand, library }: HandProps & Pick<FieldsProps, "library">): JSX.Element {
  const { slate } = hand.draft.value;
  useEffect(() => void library.load(), [library]);
  const stills = (library.list.value?.media ?? []).filter(({ kind }) => kind === "still").map(({ id }) => id);
  // One that was put into the folder by hand is not in the library.
  const files = slate && !stills.includes(slate) ? [slate, ...stills] : stills;
  return (
    <Select
      label={say.still}
      value={slate}
      options={[{ value: "", label: say.plain }, ...files.map((id) => ({ value: id, label: id }))]}
      error={refusedOf(hand, "slate")}
      onChange={(file) => hand.change({ slate: file })}
    />
  );
}

function Iso({ hand }: HandProps): JSX.Element {
  return (
    <Checkbox
      label={say.iso}
      hint={refusedOf(hand, "iso") ?? say.isoHint}
      checked={hand.draft.value.iso}
      onChange={(iso) => hand.change({ iso })}
    />
  );
}

/** By itself, or so long as is set here. */
function Delay({ hand }: HandProps): JSX.Element {
  const { playout_ms } = hand.draft.value;
  return (
    <>
      <Checkbox
        label={say.fixedDelay}
        hint={say.fixedDelayHint}
        checked={playout_ms !== null}
        onChange={(isFixed) => hand.change({ playout_ms: isFixed ? USUAL_DELAY : null })}
      />
      {playout_ms === null ? null : (
        <NumberField
          label={say.delay}
          unit="ms"
          least={0}
          most={MOST_DELAY}
          step={20}
          value={playout_ms}
          error={refusedOf(hand, "playout_ms")}
          onChange={(value) => hand.change({ playout_ms: value })}
        />
      )}
    </>
  );
}
