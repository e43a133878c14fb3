import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { overlaysApi } from "../../client/scenes";
import type { OverlayRequest, OverlayView, TimerView } from "../../client/types";
import { Attempt } from "../../state/attempt";
import { bodyOf, isComplete, isSameOverlay, withNow, withTimerOf } from "../../state/overlays";
import { deskTexts } from "../../texts.desk";
import { overlayTexts } from "../../texts.overlays";
import { sceneTexts as say } from "../../texts.scenes";
import { CloseQuestion, useClosing } from "../../ui/CloseQuestion";
import { Dialog } from "../../ui/Dialog";
import { HeldButton } from "../../ui/Held";
import { Refusal } from "../../ui/Refusal";
import { OverlayFields } from "./OverlayFields";

/** What is made here; the names of those who sit at a seat are made at their tile, too. */
export type SheetKind = keyof typeof overlayTexts.add;

const COMMON = { on: false, anchor: "top_right", color: "#e4572e", alpha: 1, frames: 12 } as const;
const CARD = { ...COMMON, text: "", title: "", url: "", style: "bar" } as const;
const FRESH: Record<SheetKind, OverlayRequest> = {
  lower_third: { ...CARD, kind: "lower_third", anchor: "bottom_left", size: 0.06 },
  text: { ...CARD, kind: "text", size: 0.06 },
  // A logo is taller than a line.
  image: { ...CARD, kind: "image", size: 0.12 },
  timer: {
    ...COMMON,
    kind: "timer",
    mode: "countdown",
    seconds: 600,
    format: "m:ss",
    at_zero: "stop",
    size: 0.06,
  },
  ticker: {
    ...COMMON,
    kind: "ticker",
    anchor: "bottom",
    items: [],
    separator: "•",
    speed: 0.08,
    size: 0.045,
  },
  scoreboard: {
    ...COMMON,
    kind: "scoreboard",
    anchor: "top",
    home: { name: "", color: "#e4572e", score: 0 },
    away: { name: "", color: "#2e86ab", score: 0 },
    color: "#20242c",
    label: "",
    timer: "",
    size: 0.05,
  },
};
/** The fields that say themselves why they are refused. */
const FIELDS: Record<SheetKind, readonly string[]> = {
  lower_third: ["text", "title", "size"],
  text: ["text", "size"],
  image: ["url", "size"],
  timer: ["seconds", "format", "size"],
  ticker: ["items", "separator", "speed", "size"],
  scoreboard: ["home.name", "away.name", "label", "timer", "size"],
};

interface OverlaySheetProps {
  kind: SheetKind;
  /** Which one is changed, as it was when it was opened; null for a new one. */
  overlay: OverlayView | null;
  /** The same as it is now. */
  current: OverlayView | null;
  /** What stands for it as it is now. */
  tag: string | null;
  /** Those whose time a scoreboard can show. */
  timers: readonly TimerView[];
  onClose: () => void;
}

/** An overlay, and where it stands; a new one is not seen before it is shown. */
export function OverlaySheet(props: OverlaySheetProps): JSX.Element {
  const { kind, overlay, current, tag, timers, onClose } = props;
  const opened = useMemo(() => (overlay ? bodyOf(overlay) : FRESH[kind]), []);
  const body = useSignal(opened);
  const attempt = useMemo(() => new Attempt(), []);
  const isOvertaken = overlay !== null && !attempt.busy.value && !isSameOverlay(overlay, current);
  const { asked, mayClose } = useClosing(() => JSON.stringify(body.peek()) !== JSON.stringify(opened));
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    // Whoever is told of others' changes saves over those alone.
    const made = withTimerOf(withNow(body.value, current), timers);
    const saved = await attempt.run<unknown>(() =>
      overlay ? overlaysApi.save(overlay.id, made, tag) : overlaysApi.make(made),
    );
    if (saved) onClose();
  };
  const change = (changed: OverlayRequest): void => {
    body.value = changed;
  };
  return (
    <Dialog title={overlayTexts.titles[kind]} onClose={onClose} mayClose={mayClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <OverlayFields body={body.value} errors={attempt.errors.value} timers={timers} onChange={change} />
        <Told isOvertaken={isOvertaken} attempt={attempt} kind={kind} />
        {asked.value ? (
          <CloseQuestion asked={asked} onClose={onClose} />
        ) : (
          <Doings body={body.value} attempt={attempt} isOvertaken={isOvertaken} onClose={onClose} />
        )}
      </form>
    </Dialog>
  );
}

interface ToldProps {
  attempt: Attempt;
  isOvertaken: boolean;
  kind: SheetKind;
}

/** What has become of it meanwhile, and why it was refused. */
function Told({ attempt, isOvertaken, kind }: ToldProps): JSX.Element {
  return (
    <>
      {isOvertaken ? (
        <p class="field-error" role="alert">
          {say.overlayOvertaken}
        </p>
      ) : null}
      <Refusal attempt={attempt} fields={FIELDS[kind]} />
    </>
  );
}

interface DoingsProps extends Omit<ToldProps, "kind"> {
  body: OverlayRequest;
  onClose: () => void;
}

function Doings({ body, attempt, isOvertaken, onClose }: DoingsProps): JSX.Element {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onClose}>
        {deskTexts.cancel}
      </button>
      <HeldButton
        type="submit"
        class="button button-primary"
        busy={attempt.busy.value}
        why={!isComplete(body) && overlayTexts.missing}
      >
        {isOvertaken ? say.answers.changed : say.save}
      </HeldButton>
    </div>
  );
}
