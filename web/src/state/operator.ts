/** The operator's page: its events, its commands, and whether it may be here at all. */

import { batch, computed, effect, signal } from "@preact/signals";
import { ApiError, deskApi, unexpected } from "../client/api";
import { EventStream } from "../client/events";
import { mixerApi } from "../client/mixer";
import { anyAnswer } from "../client/still-here";
import { Thumbnails } from "../client/thumbnails";
import type {
  CarrierKind,
  CostView,
  DeskEvent,
  GuestView,
  IncidentView,
  RecordingView,
} from "../client/types";
import { Alerts } from "./alerts";
import { answersOf } from "./answering";
import { Asks } from "./asks";
import { Build } from "./build";
import { Chat } from "./chat";
import { Commands } from "./commands";
import { Console } from "./console";
import { type Desk, heard } from "./desk";
import { lookedAt, type Seen } from "./hands";
import { heardIncidents } from "./incidents";
import { LevelAsking } from "./level-asking";
import { Levels } from "./levels";
import { Library } from "./library";
import { Listening } from "./listening";
import { Looks } from "./looks";
import { heardMixing, NOTHING } from "./mixing";
import { withPeople } from "./people";
import { Reach } from "./reach";
import { heardRecording } from "./recording";
import type { Restarted } from "./relay-hand";
import { madeAt, ServerClock } from "./server-clock";
import { SharedPicture } from "./shared-picture";
import { Talkback } from "./talkback";

const COST_EVERY_MS = 30_000;
const LATE_MS = 6000;

/** A sheet about one guest, as they were when it was opened, over the page. */
export type GuestSheet = { guest: GuestView } & (
  | { of: "screen" | "devices" | "rename" | "hold" | "remove" }
  | { of: "carrier"; to: CarrierKind }
  | { of: "restart"; what: Restarted }
);

export class Operator {
  readonly desk = signal<Desk | null>(null);
  readonly eventsUp = signal(false);
  /** Nothing has come for so long that one should be told. */
  readonly late = signal(false);
  readonly locked = signal(false);
  /** What Cloudflare has cost; null where nobody can come by it, or nothing is known yet. */
  readonly cost = signal<CostView | null>(null);
  readonly commands = new Commands();
  readonly mixing = signal(NOTHING);
  /** The multiview, for guests' tiles too. */
  readonly multiview = new SharedPicture(this.mixing);
  readonly reach = new Reach();
  readonly looks = new Looks(this.reach.mostLooks);
  /** What is recorded, or how the last take failed. */
  readonly recording = signal<RecordingView | null>(null);
  readonly console = new Console(this.mixing, this.commands);
  readonly levels = new Levels();
  readonly listening = new Listening();
  readonly talkback = new Talkback(this.commands);
  readonly alerts = new Alerts(computed(() => this.talkback.held.value !== null));
  readonly asks = new Asks();
  readonly build = new Build();
  readonly chat = new Chat();
  readonly library = new Library();
  readonly thumbnails = new Thumbnails();
  readonly clock = new ServerClock();
  readonly incidents = signal<readonly IncidentView[]>([]);
  /** Which raised hands somebody here has looked at. */
  readonly handsSeen = signal<Seen>(new Map());
  /** The one that is open: it stays when the guest is moved, or leaves. */
  readonly guestSheet = signal<GuestSheet | null>(null);
  /** The invitations that are open, and the seat that they begin with; null while they are not. */
  readonly inviting = signal<{ seat: string | null } | null>(null);
  /** Changes whenever other links work. */
  readonly invites = signal(0);
  readonly #levels = new LevelAsking(
    this.levels,
    mixerApi.meters,
    () => this.eventsUp.peek() && this.mixing.peek().mixer !== null && !document.hidden,
  );
  readonly #events = new EventStream<DeskEvent>({
    url: deskApi.eventsUrl(),
    ask: deskApi.news,
    probe: anyAnswer,
    onEvent: (event) => this.#hear(event),
    onUp: (up) => this.#up(up),
    onRefused: () => {
      this.locked.value = true;
    },
  });

  start(): void {
    this.#events.start();
    this.#levels.start();
    setTimeout(() => {
      this.late.value = true;
    }, LATE_MS);
    let timer: ReturnType<typeof setInterval> | undefined;
    effect(() => (this.talkback.link.value.kind === "connected" ? this.reach.connects() : undefined));
    effect(() => {
      const to = this.talkback.held.value;
      if (to === null) this.listening.answered();
      else this.listening.answer(answersOf(to, this.desk.peek(), this.mixing.peek()));
    });
    effect(() => {
      const counts = this.desk.value?.carriers.includes("cloudflare") ?? false;
      if (counts && timer === undefined) {
        void this.#count();
        timer = setInterval(() => void this.#count(), COST_EVERY_MS);
      } else if (!counts) {
        clearInterval(timer);
        timer = undefined;
        this.cost.value = null;
      }
    });
  }

  lookAtHands(): void {
    const desk = this.desk.peek();
    if (desk) this.handsSeen.value = lookedAt(desk);
  }

  /** Control may have begun anew meanwhile: what it knew of this page alone is said again. */
  #up(up: boolean): void {
    if (up && !this.eventsUp.peek()) {
      this.talkback.again();
      void this.listening.again();
    }
    this.eventsUp.value = up;
  }

  #hear(event: DeskEvent): void {
    if (event.type === "meters") {
      this.levels.take(event.data);
      return;
    }
    const made = madeAt(event, this.incidents.peek());
    if (made) this.clock.hear(made);
    if (event.type === "snapshot") this.build.hear(event.data.build);
    batch(() => {
      this.desk.value = heard(this.desk.value, event);
      this.mixing.value = withPeople(heardMixing(this.mixing.value, event), this.desk.value);
      this.recording.value = heardRecording(this.recording.value, event);
      this.incidents.value = heardIncidents(this.incidents.value, event);
      this.alerts.hear(this.desk.value, this.incidents.value);
      if (event.type === "snapshot") this.invites.value = event.data.invites;
      if (event.type === "invites") this.invites.value = event.data.number;
      this.asks.hear(event);
      this.chat.hear(event);
    });
  }

  /** Ask what it has cost; an answer that does not come changes nothing. */
  async #count(): Promise<void> {
    try {
      this.cost.value = await deskApi.cost();
    } catch (error) {
      if (!(error instanceof ApiError)) unexpected(error);
    }
  }
}
