/** What the operator's page asks of scenes and overlays; the cookie says who asks. */

import { call } from "./api";
import type { OverlayRequest, OverlayView, SceneRequest, SceneView } from "./types";

const scenePath = (id: string): string => `/api/scenes/${encodeURIComponent(id)}`;
const overlayPath = (id: string): string => `/api/overlays/${encodeURIComponent(id)}`;

export const scenesApi = {
  get: (id: string): Promise<SceneView> => call("GET", scenePath(id)),
  make: (body: Partial<SceneRequest>): Promise<{ scene: SceneView }> => call("POST", "/api/scenes", { body }),
  save: ({ id, ...body }: SceneView): Promise<{ scene: SceneView }> => call("PUT", scenePath(id), { body }),
  remove: (id: string): Promise<unknown> => call("DELETE", scenePath(id)),
};

export const overlaysApi = {
  make: (body: OverlayRequest): Promise<{ overlay: OverlayView }> => call("POST", "/api/overlays", { body }),
  save: (id: string, body: OverlayRequest): Promise<unknown> => call("PUT", overlayPath(id), { body }),
  show: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/show`),
  hide: (id: string): Promise<unknown> => call("POST", `${overlayPath(id)}/hide`),
  remove: (id: string): Promise<unknown> => call("DELETE", overlayPath(id)),
};
