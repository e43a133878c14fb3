/** Calls to control, and what can go wrong with them. */

import type {
  CarrierKind,
  CostView,
  DeskNews,
  GuestNews,
  GuestView,
  InviteRequest,
  InviteView,
  Joined,
  JoinInfo,
  JoinRequest,
  Report,
} from "./types";

/** Every problem document of control's has a type that begins like this. */
const OURS = "urn:stagedoor:problem:";

/** What a sentence of control's has put in, by name. */
export type Values = Readonly<Record<string, string | number>>;

/** One field that was refused, by its way through the body: `body.slots.0.width`. */
export interface FieldRefusal {
  at: string;
  message: string;
  /** What it has to be, by a name that stays; empty where control does not tell. */
  rule: string;
  values: Values;
}

/**
 * A failed call: control's stable `code`, or one of the page's own. Those are `unreachable` where there was no
 * answer, `bad_answer` for one that is not what was asked for, `page_failed` where the page or its browser is to blame
 * (all with status 0), and `http_403` and the like where the answer is no problem document of control's.
 */
export class ApiError extends Error {
  /** Which fields of a body were refused, and why. */
  fields: readonly FieldRefusal[] = [];
  values: Values = {};

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly retryable = status === 0 || status >= 500,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Something on the way, such as a proxy, answered in control's place: not control's word, so it decides nothing. */
  get foreign(): boolean {
    return this.code === "bad_answer" || this.code.startsWith("http_");
  }
}

export interface CallOptions {
  token?: string | null;
  body?: unknown;
  /** In place of a deadline of 30 s. */
  signal?: AbortSignal;
  /** The tag of what is to be changed; whatever is there where it is null. */
  tag?: string | null;
}

const ANSWER_MS = 30_000;

/** What stands for an error that nobody expects; it is told to the browser's console as well. */
export function unexpected(error: unknown): ApiError {
  globalThis.reportError?.(error);
  return new ApiError(0, "page_failed", error instanceof Error ? error.message : String(error));
}

/** Turn an answer that is not a success into an `ApiError`, reading a problem document where there is one. */
export async function problemOf(response: Response): Promise<ApiError> {
  let found: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) found = parsed as Record<string, unknown>;
  } catch {
    found = {};
  }
  const text = (key: string): string => (typeof found[key] === "string" ? (found[key] as string) : "");
  const { status, statusText } = response;
  if (!text("type").startsWith(OURS))
    return new ApiError(status, `http_${status}`, statusText || String(status), "", true);
  const retryable = typeof found.retryable === "boolean" ? found.retryable : status >= 500;
  const error = new ApiError(status, text("code"), text("detail") || text("title"), text("hint"), retryable);
  error.fields = fieldsOf(found.errors);
  error.values = valuesOf(found.values);
  return error;
}

function fieldsOf(errors: unknown): FieldRefusal[] {
  const listed: unknown[] = Array.isArray(errors) ? errors : [];
  return listed.flatMap((each) => {
    const { at, message, rule, values } = (each ?? {}) as Record<string, unknown>;
    if (typeof at !== "string" || typeof message !== "string") return [];
    return [{ at, message, rule: typeof rule === "string" ? rule : "", values: valuesOf(values) }];
  });
}

function valuesOf(given: unknown): Values {
  const all = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(
    all.filter(([, value]) => typeof value === "string" || typeof value === "number"),
  );
}

/** Wait for an answer or its body: what breaks off, or comes too late, is an `ApiError`; an abort stays an abort. */
async function arrived<T>(waited: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  try {
    return await waited;
  } catch (error) {
    if (signal?.aborted && (signal.reason as DOMException | undefined)?.name !== "TimeoutError") throw error;
    throw new ApiError(0, "unreachable", "no answer");
  }
}

/** `fetch` whose network failures and bad statuses are `ApiError`s; an abort stays an abort. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await arrived(fetch(url, init), init.signal);
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The whole body of an answer, under the signal that its request was sent with. */
export function textOf(response: Response, signal: AbortSignal | null | undefined): Promise<string> {
  return arrived(response.text(), signal);
}

function objectOf<T>(text: string): T {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // It is said below.
  }
  if (typeof parsed !== "object" || parsed === null)
    throw new ApiError(0, "bad_answer", "the answer is not what was asked for");
  return parsed as T;
}

function requestOf(method: string, { token, tag, body, signal }: CallOptions): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (tag) headers["If-Match"] = `"${tag}"`;
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  init.signal = signal ?? AbortSignal.timeout(ANSWER_MS);
  return init;
}

/** One request to control, and its answer. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const init = requestOf(method, options);
  const response = await send(path, init);
  if (response.status === 204) return undefined as T;
  return objectOf<T>(await textOf(response, init.signal));
}

/** Something as control has it now, and its tag (RFC 9110, section 8.8.3), without the quotes. */
export async function getTagged<T>(path: string): Promise<readonly [T, string | null]> {
  const init = requestOf("GET", {});
  const response = await send(path, init);
  const tag = response.headers.get("ETag")?.replaceAll('"', "") ?? null;
  return [objectOf<T>(await textOf(response, init.signal)), tag];
}

/** Where what is asked of one guest goes. */
export const guestPath = (id: string, verb: string): string =>
  `/api/guests/${encodeURIComponent(id)}/${verb}`;

/** Which page it is, and which of its visits: what is told of another one ends nothing. */
export type PageVisit = Record<"instance" | "visit", string>;

/** What a guest's page asks for, with the invite it was opened with. */
export const guestApi = {
  joinInfo: (token: string | null, signal?: AbortSignal): Promise<JoinInfo> =>
    call("GET", "/api/join", signal ? { token, signal } : { token }),
  join: (token: string | null, body: JoinRequest): Promise<Joined> =>
    call("POST", "/api/join", { token, body }),
  report: (token: string, id: string, body: Report): Promise<unknown> =>
    call("POST", guestPath(id, "report"), { token, body }),
  leave: (token: string, id: string, { instance, visit }: PageVisit, signal: AbortSignal): Promise<unknown> =>
    call("POST", `${guestPath(id, "leave")}?${new URLSearchParams({ instance, visit })}`, { token, signal }),
  leaveBeacon: (token: string, id: string, { instance, visit }: PageVisit): string =>
    `${guestPath(id, "leave")}?${new URLSearchParams({ invite: token, instance, visit })}`,
  eventsUrl: (token: string, id: string, instance: string): string =>
    `${guestPath(id, "events")}?${new URLSearchParams({ invite: token, instance })}`,
  news:
    (token: string, id: string, instance: string) =>
    (since: string, signal: AbortSignal): Promise<GuestNews> =>
      call("GET", `${guestPath(id, "events/next")}?${new URLSearchParams({ instance, since })}`, {
        token,
        signal,
      }),
};

/** ICE servers for a peer connection, by invite or by the operator's cookie. */
export async function iceServers(token: string | null, signal: AbortSignal): Promise<RTCIceServer[]> {
  const found = await call<{ ice_servers: RTCIceServer[] }>("GET", "/api/calls/ice-servers", {
    token,
    signal,
  });
  return found.ice_servers.map(({ urls, username, credential }) =>
    username && credential ? { urls, username, credential } : { urls },
  );
}

/** What the operator's page asks for; the cookie says who it is. */
export const deskApi = {
  seat: (id: string, seat: string): Promise<GuestView> =>
    call("POST", guestPath(id, "seat"), { body: { seat } }),
  hold: (id: string): Promise<GuestView> => call("POST", guestPath(id, "hold")),
  remove: (id: string, block: boolean): Promise<GuestView> =>
    call("POST", guestPath(id, "remove"), { body: { block } }),
  carrier: (id: string, carrier: CarrierKind): Promise<GuestView> =>
    call("POST", guestPath(id, "carrier"), { body: { carrier } }),
  /** One destination, of the camera or of the shared screen; null: all that a guest has. */
  restartRelay: (id: string, one: { destination: string; screen: boolean } | null): Promise<GuestView> => {
    const path = guestPath(id, "relay/restart");
    if (one === null) return call("POST", path);
    const { destination, screen } = one;
    return call("POST", `${path}?${new URLSearchParams({ destination, screen: String(screen) })}`);
  },
  cost: (): Promise<CostView> => call("GET", "/api/carrier/cost"),
  rename: ({ id, tag }: Pick<GuestView, "id" | "tag">, name: string): Promise<GuestView> =>
    call("POST", guestPath(id, "rename"), { body: { name }, tag }),
  invites: (): Promise<{ invites: InviteView[] }> => call("GET", "/api/invites"),
  invite: (body: InviteRequest): Promise<InviteView> => call("POST", "/api/invites", { body }),
  revoke: (id: string): Promise<unknown> => call("DELETE", `/api/invites/${encodeURIComponent(id)}`),
  eventsUrl: (): string => "/api/events?meters=1",
  news: (since: string, signal: AbortSignal): Promise<DeskNews> =>
    call("GET", `/api/events/next?${new URLSearchParams({ since })}`, { signal }),
};
