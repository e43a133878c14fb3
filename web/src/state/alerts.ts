/** The operator's alerts as they come: counted until looked at, and heard once a moment where that is wanted. */

import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { unexpected } from "../client/api";
import { type Notes, ring } from "../client/chime";
import { lasting } from "../client/keeping";
import type { IncidentView } from "../client/types";
import { type AlertKind, type Attention, attend, lookedAtAll, mattersOf } from "./attention";
import type { Desk } from "./desk";

const KEY = "stagedoor.alerts-silent";
/** What comes within so long of a chime is one moment: a line that breaks takes many outputs with it. */
const MOMENT_MS = 2000;

export class Alerts {
  /** Null before anything is known. */
  readonly attention = signal<Attention | null>(null);
  /** Whether they are heard, as this browser keeps it. */
  readonly aloud = signal(lasting.getItem(KEY) === null);
  /** The browser lets no sound start before somebody has touched the page. */
  readonly blocked = signal(false);
  readonly #looking = new Set<AlertKind>();
  /** What waits for the talkback's end; null where nothing does. */
  #waiting: Notes | null = null;
  /** What was heard last, and when. */
  #heard: { notes: Notes; at: number } | null = null;

  /**
   * @param isTalking Whether the operator's microphone is open to guests, who are not to hear a chime.
   * @param sound Plays notes, and tells while the browser keeps them back.
   */
  constructor(
    private readonly isTalking: ReadonlySignal<boolean>,
    private readonly sound: typeof ring = ring,
  ) {
    effect(() => {
      if (!this.isTalking.value) untracked(() => this.#catchUp());
    });
  }

  hear(desk: Desk | null, incidents: readonly IncidentView[]): void {
    if (!desk) return;
    const before = this.attention.peek();
    const matters = mattersOf(desk, incidents, before?.known ?? new Set());
    const after = attend(before, matters, this.#looking);
    this.attention.value = after;
    if (after.fresh.length === 0) return;
    const notes = after.fresh.every(({ kind }) => kind === "knock") ? "up" : "down";
    // However many have come into a talkback, the gravest is heard once.
    this.#waiting = this.#waiting === "down" ? "down" : notes;
    if (!this.isTalking.peek()) this.#catchUp();
  }

  /** The operator sees what alerts of a kind are about, or does so no more. */
  look(kind: AlertKind, isLooking: boolean): void {
    if (!isLooking) {
      this.#looking.delete(kind);
      return;
    }
    this.#looking.add(kind);
    const attention = this.attention.peek();
    if (attention) this.attention.value = lookedAtAll(attention, kind);
  }

  setAloud(aloud: boolean): void {
    this.aloud.value = aloud;
    if (aloud) lasting.removeItem(KEY);
    else lasting.setItem(KEY, "1");
    if (aloud) this.#ring("up");
    else this.blocked.value = false;
  }

  #catchUp(): void {
    const notes = this.#waiting;
    this.#waiting = null;
    if (notes === null || !this.aloud.peek() || this.#wasHeard(notes)) return;
    this.#heard = { notes, at: performance.now() };
    this.#ring(notes);
  }

  /** A chime as grave as this one was heard a moment ago. */
  #wasHeard(notes: Notes): boolean {
    const heard = this.#heard;
    if (heard === null || performance.now() - heard.at >= MOMENT_MS) return false;
    return heard.notes === "down" || notes === "up";
  }

  #ring(notes: Notes): void {
    const tell = (blocked: boolean): void => {
      const wasBlocked = this.blocked.peek();
      this.blocked.value = blocked && this.aloud.peek();
      // What was kept back, however much it was, is heard once.
      if (wasBlocked && !blocked) this.#ring(notes);
    };
    this.sound(notes, tell).catch(unexpected);
  }
}
