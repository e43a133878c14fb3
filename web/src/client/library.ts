/** What the operator's page asks of media and of the sources that show them; the cookie says who asks. */

import { ApiError, call, problemOf } from "./api";
import type { DeviceView, MediaList, MediaView, SourceRequest, SourceView } from "./types";

const mediaPath = (id: string): string => `/api/media/${encodeURIComponent(id)}`;
const sourcePath = (id: string, verb = ""): string => `/api/sources/${encodeURIComponent(id)}${verb}`;

export const libraryApi = {
  list: (): Promise<MediaList> => call("GET", "/api/media"),
  remove: (id: string): Promise<unknown> => call("DELETE", mediaPath(id)),
};

/** The transport's answer to each comes with the first frame that shows it. */
export const sourcesApi = {
  /** The cameras and sound inputs of the server's machine that are there now. */
  devices: (): Promise<{ devices: readonly DeviceView[] }> => call("GET", "/api/sources/devices"),
  make: (body: SourceRequest): Promise<{ source: SourceView }> => call("POST", "/api/sources", { body }),
  save: ({ id, clip: _, ...body }: SourceView, tag: string | null): Promise<unknown> =>
    call("PUT", sourcePath(id), { body, tag }),
  remove: (id: string, tag: string | null): Promise<unknown> => call("DELETE", sourcePath(id), { tag }),
  steer: (id: string, verb: "play" | "pause" | "cue"): Promise<unknown> =>
    call("POST", sourcePath(id, `/${verb}`)),
  seek: (id: string, at_s: number): Promise<unknown> =>
    call("POST", sourcePath(id, "/seek"), { body: { at_s } }),
};

/**
 * Send a file; `fetch` does not tell how far its body has come.
 *
 * @param onSent Told the bytes that have gone out.
 */
export function upload(file: File, onSent: (bytes: number) => void, signal: AbortSignal): Promise<MediaView> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/media?${new URLSearchParams({ name: file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => void answerOf(request).then(resolve, reject);
    request.onerror = () => reject(new ApiError(0, "unreachable", "no answer"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

async function answerOf({ status, statusText, responseText }: XMLHttpRequest): Promise<MediaView> {
  const response = new Response(responseText, { status, statusText });
  if (!response.ok) throw await problemOf(response);
  try {
    return JSON.parse(responseText) as MediaView;
  } catch {
    throw new ApiError(0, "bad_answer", "the answer is not what was asked for");
  }
}
