/** What a browser keeps for a page. It may forbid that or be full; what it does not take lasts as long as the page. */

export class Keeping {
  readonly #here = new Map<string, string>();

  /** @param storage Gives the browser's; asking for it is already forbidden in some. */
  constructor(private readonly storage: () => Storage) {}

  getItem(key: string): string | null {
    const here = this.#here.get(key);
    if (here !== undefined) return here;
    try {
      return this.storage().getItem(key);
    } catch {
      return null;
    }
  }

  /** Keep something; false where the browser does not take it. */
  setItem(key: string, value: string): boolean {
    try {
      this.storage().setItem(key, value);
      this.#here.delete(key);
      return true;
    } catch {
      this.#here.set(key, value);
      return false;
    }
  }

  removeItem(key: string): void {
    this.#here.delete(key);
    try {
      this.storage().removeItem(key);
    } catch {
      // Where nothing can be asked for, nothing is kept.
    }
  }
}

/** From visit to visit. */
export const lasting = new Keeping(() => window.localStorage);

/** As long as the tab is there, through reloads. */
export const ofTab = new Keeping(() => window.sessionStorage);
