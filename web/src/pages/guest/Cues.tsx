import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Backstage } from "../../state/backstage";
import type { GuestCommands } from "../../state/guest-commands";
import { asClock, secondsLeft } from "../../state/shown";
import { backstageTexts } from "../../texts.guest-backstage";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import "../../styles/cues.css";

const say = backstageTexts;
/** Several times a second, so that no second is skipped. */
const LOOK_MS = 100;

/** What the producer has to say to this guest now, above everything else. */
export function Cues({ backstage }: { backstage: Backstage }): JSX.Element {
  const { commands, hand } = backstage;
  const { message, countdown } = commands.shown.value;
  const unread = message?.read === null ? message : null;
  return (
    <>
      {countdown === null && unread === null ? null : (
        <div class="cue-row">
          {countdown === null ? null : <Countdown until={countdown.until} />}
          {unread === null ? null : <Words text={unread.text} onRead={() => commands.read()} />}
        </div>
      )}
      {commands.asked.value ? <Asked commands={commands} /> : null}
      {commands.told.value === null ? null : (
        <Told tone="wait" text={commands.told.value} onRead={() => commands.readTold()} />
      )}
      {hand.failed.value ? <Told tone="warn" text={say.hand.failed} onRead={() => hand.read()} /> : null}
      {hand.up.value ? (
        <p class="cue-hand" role="status">
          <Icon name="hand" />
          {say.hand.isUp}
        </p>
      ) : null}
    </>
  );
}

function Asked({ commands }: { commands: GuestCommands }): JSX.Element {
  return (
    <Notice tone="warn" title={say.ask.title} urgent>
      <p>{say.ask.detail}</p>
      <div class="cue-actions">
        <button type="button" class="button button-primary" onClick={() => void commands.unmute()}>
          {say.ask.yes}
        </button>
        <button type="button" class="button" onClick={() => void commands.stayMuted()}>
          {say.ask.no}
        </button>
      </div>
    </Notice>
  );
}

interface ToldProps {
  /** `warn` is read out as soon as it appears. */
  tone: "wait" | "warn";
  text: string;
  onRead: () => void;
}

function Told({ tone, text, onRead }: ToldProps): JSX.Element {
  return (
    <Notice tone={tone} urgent={tone === "warn"}>
      <div class="cue-told">
        <p>{text}</p>
        <button type="button" class="button button-small" onClick={onRead}>
          {say.ok}
        </button>
      </div>
    </Notice>
  );
}

function Words({ text, onRead }: { text: string; onRead: () => void }): JSX.Element {
  return (
    <section class="cue-message" role="alert">
      <h2>{say.message.title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: words that are too many are scrolled by keys too */}
      <p tabIndex={0}>{text}</p>
      <button type="button" class="button button-primary" onClick={onRead}>
        {say.message.read}
      </button>
    </section>
  );
}

function Countdown({ until }: { until: number }): JSX.Element | null {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [until]);
  const left = useComputed(() => secondsLeft(until, now.value)).value;
  if (left === null) return null;
  return (
    <div class={left === 0 ? "cue-countdown cue-countdown-over" : "cue-countdown"}>
      <span class="cue-countdown-title">{say.countdown.title}</span>
      <span class="cue-countdown-clock" role="timer" aria-label={say.countdown.title}>
        {left === 0 ? say.countdown.now : asClock(left)}
      </span>
    </div>
  );
}
