/** The checks of one visit: each runs by itself, and what it finds is shown as it is found. */

import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { playAndListen } from "../client/echo";
import { brightnessOf } from "../client/light";
import { Meter } from "../client/sound";
import type { Uplink } from "../client/uplink";
import type { Arriving } from "./arrival";
import {
  ASKED,
  bad,
  type Check,
  type Finding,
  type Findings,
  GOOD,
  isComplete,
  lightOf,
  lineOf,
  moves,
  NOTHING_YET,
  RUNNING,
  SKIPPED,
  verdictOf,
} from "./checks";
import type { Media } from "./media";

/** Of sending, until a line is judged. */
export const LINE_SECONDS = 5;
const NO_LINE_MS = 20_000;
const LISTEN_MS = 5000;
const LEVEL_EVERY_MS = 50;
const LEVELS_KEPT = 40;
const LOOK_EVERY_MS = 700;
/** For an answer; whoever gives none is kept out by nothing. */
const ANSWER_MS = 15_000;
/** What is wrong with a line that brings this much, and cannot be judged for it. */
const MISSING = { both: "no_line", picture: "no_sound", sound: "no_picture", nothing: "no_line" } as const;

export class Preflight {
  readonly findings = signal<Findings>(NOTHING_YET);
  /** Seconds of sending that have been seen. */
  readonly seconds = signal(0);
  readonly complete = computed(() => isComplete(this.findings.value));
  readonly verdict = computed(() => verdictOf(this.findings.value));
  #ending: (() => void)[] = [];

  /**
   * @param media The devices that are checked.
   * @param line What is sent, a new value each second, and what should be, in bits a second.
   * @param arrives What of picture and sound is at the studio, as the relay says.
   * @param onPassed Called when everything has been found well.
   */
  constructor(
    private readonly media: Media,
    private readonly line: { readonly uplink: ReadonlySignal<Uplink | null>; readonly wanted: number },
    private readonly arrives: ReadonlySignal<Arriving>,
    private readonly onPassed: () => void,
  ) {}

  /** Begin, or begin again. */
  start(): void {
    this.stop();
    this.findings.value = NOTHING_YET;
    this.#ending = [
      this.#watchDevices(),
      this.#watchLight(),
      this.#watchLevel(),
      this.#watchLine(),
      this.#trySpeaker(),
      effect(() => {
        if (this.complete.value && this.verdict.value === null) untracked(this.onPassed);
      }),
    ];
  }

  /** The guest says whether the notes were heard. */
  answer(isHeard: boolean): void {
    this.#answered(isHeard ? GOOD : bad("speaker_silent"));
  }

  stop(): void {
    for (const end of this.#ending) end();
    this.#ending = [];
  }

  #found(check: Check, finding: Finding): void {
    this.findings.value = { ...this.findings.peek(), [check]: finding };
  }

  /** A device that fails, or is switched off, is told at once, and also when that is mended. */
  #watchDevices(): () => void {
    return effect(() => {
      const { track, fault, opening } = this.media.camera.value;
      if (!this.media.cameraOn.value) this.#found("camera", bad("camera_off"));
      else if (fault) this.#found("camera", bad("camera_fault"));
      else if (opening || !track) this.#found("camera", RUNNING);
      else this.#found("camera", GOOD);
    });
  }

  #watchLight(): () => void {
    let over = false;
    const look = async (): Promise<void> => {
      while (!over) {
        const track = this.media.camera.peek().track;
        const brightness = track ? await brightnessOf(track) : null;
        if (over) return;
        if (brightness !== null) this.#found("light", lightOf(brightness));
        else if (this.findings.peek().camera.state === "bad") this.#found("light", SKIPPED);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    };
    void look();
    return () => {
      over = true;
    };
  }

  #watchLevel(): () => void {
    return effect(() => {
      const { track, fault } = this.media.microphone.value;
      if (fault) this.#found("microphone", bad("microphone_fault"));
      else if (this.media.muted.value) this.#found("microphone", bad("muted"));
      else if (track) return this.#listen(track);
      else this.#found("microphone", RUNNING);
      return undefined;
    });
  }

  #listen(track: MediaStreamTrack): () => void {
    this.#found("microphone", RUNNING);
    const meter = new Meter(track);
    let begun = performance.now();
    let levels: number[] = [];
    const timer = setInterval(() => {
      if (!meter.awake) begun = performance.now();
      levels = [...levels, meter.level()].slice(-LEVELS_KEPT);
      if (moves(levels)) {
        clearInterval(timer);
        this.#found("microphone", GOOD);
      } else if (performance.now() - begun > LISTEN_MS) {
        this.#found("microphone", bad("silent"));
      }
    }, LEVEL_EVERY_MS);
    return () => {
      clearInterval(timer);
      meter.close();
    };
  }

  #watchLine(): () => void {
    const seen: Uplink[] = [];
    this.seconds.value = 0;
    this.#found("line", RUNNING);
    const late = setTimeout(() => {
      if (this.findings.peek().line.state === "running")
        this.#found("line", bad(MISSING[this.arrives.peek()]));
    }, NO_LINE_MS);
    const first = this.line.uplink.peek();
    const end = effect(() => {
      const { value } = this.line.uplink;
      if (value !== null && value !== (seen.at(-1) ?? first) && seen.length < LINE_SECONDS) seen.push(value);
      this.seconds.value = seen.length;
      if (seen.length === LINE_SECONDS && this.arrives.value === "both")
        this.#found(
          "line",
          lineOf(
            seen,
            untracked(() => this.line.wanted),
          ),
        );
    });
    return () => {
      clearTimeout(late);
      end();
    };
  }

  /** A microphone that heard none of the notes says nothing of an echo unless they were played aloud. */
  #answered(speaker: Finding): void {
    const findings = this.findings.peek();
    if (findings.speaker.state !== "asked") return;
    this.#found("speaker", speaker);
    if (findings.echo.state === "running") this.#found("echo", speaker === GOOD ? GOOD : SKIPPED);
  }

  #trySpeaker(): () => void {
    let over = false;
    let late: ReturnType<typeof setTimeout> | undefined;
    this.#found("speaker", RUNNING);
    this.#found("echo", RUNNING);
    const tell = (speaker: Finding, echo: Finding): void => {
      if (over) return;
      this.#found("speaker", speaker);
      this.#found("echo", echo);
    };
    const track = this.media.muted.peek() ? null : this.media.microphone.peek().track;
    playAndListen(track, this.media.speaker.peek()).then(
      (hears) => {
        // What the microphone hears has been played.
        if (hears) return tell(GOOD, bad("echo"));
        tell(ASKED, hears === null ? SKIPPED : RUNNING);
        if (!over) late = setTimeout(() => this.#answered(SKIPPED), ANSWER_MS);
      },
      () => tell(bad("speaker_fault"), SKIPPED),
    );
    return () => {
      over = true;
      clearTimeout(late);
    };
  }
}
