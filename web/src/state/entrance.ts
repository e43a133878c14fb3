/** The way in: what the link is for, asking for a place, and what a reload has to know of it. */

import { ApiError, guestApi } from "../client/api";
import { Backoff } from "../client/backoff";
import type { Joined, JoinInfo } from "../client/types";
import type { Media } from "./media";
import type { Phase } from "./page";
import type { Visit } from "./visit";

export interface HowToJoin {
  /** Close the same link on another device. */
  takeover?: boolean;
  /** Only send at first, seen by nobody. */
  checks?: boolean;
}

/**
 * Learn what this link is for, however long the server takes to answer.
 *
 * @param onTrouble Told of every failure.
 * @returns null where it is for nothing.
 */
export async function learn(visit: Visit, onTrouble: (error: ApiError) => void): Promise<JoinInfo | null> {
  const backoff = new Backoff();
  for (;;) {
    try {
      return await guestApi.joinInfo(visit.token);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.retryable && visit.forgetToken()) continue;
      onTrouble(error);
      if (!error.retryable) return null;
    }
    await new Promise((resolve) => setTimeout(resolve, backoff.next()));
  }
}

/** Ask for a place by the visit's link, or knock; the token that comes back is kept. */
export async function ask(visit: Visit, name: string, consent: string, how: HowToJoin): Promise<Joined> {
  const { token, instance, visit: id } = visit;
  const { takeover = false, checks = false } = how;
  const joined = await guestApi.join(token, { name, consent, instance, visit: id, takeover, checks });
  visit.keepToken(joined.token);
  return joined;
}

/** Remember how the guest is inside, for a reload, until they are out. */
export function remember(visit: Visit, phase: Phase, media: Media): void {
  const cameraOn = media.cameraOn.value;
  const muted = media.muted.value;
  if (phase.kind === "inside") {
    const { guest, info } = phase;
    const checking = guest.state === "checking";
    visit.keepInside({ name: guest.name, consent: info.notice_version, checking, cameraOn, muted });
  } else if (phase.kind === "ended" || phase.kind === "refused") {
    visit.keepInside(null);
  }
}
