/** What one tab remembers across a reload: its instance, its invite, and how it was inside. */

import type { Shown } from "./shown";

const INSTANCE = "stagedoor.instance";
const TOKEN = "stagedoor.invite";
const INSIDE = "stagedoor.inside";
/** What was kept by an older page in another shape is not found by this name. */
const SEEN = "stagedoor.seen.2";

/** What was on the guest's screen when the page was reloaded, and what had been read. */
export interface Seen {
  shown: Shown;
  /** The number of the chat's newest message that was read. */
  read: number | null;
}

/** How the guest was inside when the page was reloaded. */
export interface Inside {
  name: string;
  consent: string;
  /** Devices and line were still being checked. */
  checking: boolean;
  cameraOn: boolean;
  muted: boolean;
}

const randomId = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

export class Visit {
  readonly instance: string;
  /** Never kept, so that a reload begins another one. */
  visit = randomId();

  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly query: URLSearchParams,
  ) {
    this.instance = storage.getItem(INSTANCE) ?? randomId();
    // A duplicated tab copies this storage: the id is only in it while a reload is under way.
    storage.removeItem(INSTANCE);
  }

  /** Somebody joins: what is still told of the visit before is not of this one. */
  begin(): void {
    this.visit = randomId();
  }

  /** The page is going away; if it is a reload, the next one is the same instance. */
  leaving(): void {
    this.storage.setItem(INSTANCE, this.instance);
  }

  get token(): string | null {
    return this.query.get("invite") || this.storage.getItem(TOKEN);
  }

  /** The link says that nothing needs to be checked before its guest goes in. */
  get skipsChecks(): boolean {
    return this.query.get("checks") === "off";
  }

  keepToken(token: string): void {
    this.storage.setItem(TOKEN, token);
  }

  /** Forget a token that was given to a knock; false when the link itself has one. */
  forgetToken(): boolean {
    if (this.query.get("invite") || this.storage.getItem(TOKEN) === null) return false;
    this.storage.removeItem(TOKEN);
    return true;
  }

  get inside(): Inside | null {
    const text = this.storage.getItem(INSIDE);
    return text === null ? null : (JSON.parse(text) as Inside);
  }

  keepInside(inside: Inside | null): void {
    if (inside) this.storage.setItem(INSIDE, JSON.stringify(inside));
    else this.storage.removeItem(INSIDE);
  }

  get seen(): Seen | null {
    const text = this.storage.getItem(SEEN);
    return text === null ? null : (JSON.parse(text) as Seen);
  }

  keepSeen(seen: Seen | null): void {
    if (seen) this.storage.setItem(SEEN, JSON.stringify(seen));
    else this.storage.removeItem(SEEN);
  }
}
