/** What the operator's page asks of scenes and overlays; the cookie says who asks. */

import { call, getTagged } from "./api";
import type { OverlayRequest, OverlayView, SceneRequest, SceneView } from "./types";

/** A scene with its tag; without one where it is not known. */
export interface TaggedScene {
  scene: SceneView;
  tag: string | null;
}

const scenePath = (id: string): string => `/api/scenes/${encodeURIComponent(id)}`;
const overlayPath = (id: string): string => `/api/overlays/${encodeURIComponent(id)}`;

/** What is changed or deleted with a tag is what that tag stands for, or nothing is. */
export const scenesApi = {
  get: async (id: string): Promise<TaggedScene> => {
    const [scene, tag] = await getTagged<SceneView>(scenePath(id));
    return { scene, tag };
  },
  make: (body: Partial<SceneRequest>): Promise<TaggedScene> => call("POST", "/api/scenes", { body }),
  save: ({ id, ...body }: SceneView, tag: string | null): Promise<TaggedScene> =>
    call("PUT", scenePath(id), { body, tag }),
  remove: (id: string, tag: string | null): Promise<unknown> => call("DELETE", scenePath(id), { tag }),
};

export const overlaysApi = {
  make: (body: OverlayRequest & { id?: string }): Promise<{ overlay: OverlayView }> =>
    call("POST", "/api/overlays", { body }),
  save: (id: string, body: OverlayRequest, tag: string | null): Promise<unknown> =>
    call("PUT", overlayPath(id), { body, tag }),
  show: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/show`),
  hide: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/hide`),
  remove: (id: string, tag: string | null): Promise<unknown> => call("DELETE", overlayPath(id), { tag }),
  start: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/start`),
  pause: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/pause`),
  reset: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/reset`),
  score: (id: string, points: Partial<Record<"home" | "away", number>>): Promise<unknown> =>
    call("POST", `${overlayPath(id)}/score`, { body: points }),
};
