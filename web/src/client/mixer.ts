/** What the operator's page asks of the mixer and the recorder. */

import { call } from "./api";
import type {
  Applied,
  Meters,
  OutputRequest,
  OutputView,
  StripChange,
  TransitionChange,
  TransitionView,
} from "./types";

/** A level that comes later than this says nothing any more. */
const METERS_MS = 3000;
/** Control itself answers within 7 s; what takes longer is lost on the way, and is said to be while it still matters. */
const ORDER_MS = 8000;

const order = (verb: string, body?: unknown): Promise<Applied> =>
  call("POST", `/api/mixer/${verb}`, {
    signal: AbortSignal.timeout(ORDER_MS),
    ...(body === undefined ? {} : { body }),
  });

const outputPath = (id: string, verb = ""): string => `/api/outputs/${encodeURIComponent(id)}${verb}`;

/** Each answers once the mixer has confirmed it; the cookie says who asks. */
export const mixerApi = {
  cut: (scene: string): Promise<Applied> => order("cut", { scene }),
  preview: (scene: string): Promise<Applied> => order("preview", { scene }),
  take: (): Promise<Applied> => order("take"),
  auto: (): Promise<Applied> => order("auto"),
  tbar: (position: number): Promise<Applied> => order("tbar", { position }),
  fade: (black: boolean): Promise<Applied> => order("fade-to-black", { black }),
  /** Whether program's sound goes with its picture then. */
  black: (is_silent: boolean): Promise<unknown> => call("PUT", "/api/mixer/black", { body: { is_silent } }),
  /** What is left out stays as it is, whoever else changes it. */
  transition: (body: TransitionChange): Promise<{ transition: TransitionView }> =>
    call("PATCH", "/api/mixer/transition", { body }),
  strip: (source: string, body: StripChange): Promise<unknown> =>
    call("PUT", `/api/audio/${encodeURIComponent(source)}`, { body }),
  meters: (): Promise<Meters> => call("GET", "/api/audio/meters", { signal: AbortSignal.timeout(METERS_MS) }),
  muteAll: (muted: boolean): Promise<unknown> => call("POST", "/api/audio/mute-all", { body: { muted } }),
  monitor: (operator: string, listen: readonly string[], signal?: AbortSignal): Promise<{ path: string }> =>
    call("POST", "/api/audio/monitor", { body: { operator, listen }, ...(signal ? { signal } : {}) }),
  addOutput: (body: OutputRequest): Promise<{ output: OutputView }> => call("POST", "/api/outputs", { body }),
  startOutput: (id: string): Promise<unknown> => call("POST", outputPath(id, "/start")),
  stopOutput: (id: string): Promise<unknown> => call("POST", outputPath(id, "/stop")),
  showName: (source: string): Promise<unknown> =>
    call("POST", "/api/overlays/lower-third", { body: { source } }),
  hideOverlay: (id: string): Promise<unknown> => call("POST", `/api/overlays/${encodeURIComponent(id)}/hide`),
  removeOutput: (id: string): Promise<unknown> => call("DELETE", outputPath(id)),
};

/** Where nothing runs any more, `stop` takes note of how the last take ended by itself. */
export const recordingApi = {
  start: (): Promise<unknown> => call("POST", "/api/recordings/start"),
  stop: (): Promise<unknown> => call("POST", "/api/recordings/stop"),
};
