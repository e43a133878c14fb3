/** What this guest's page sends: what of it, where to, and that the first of it is on its way. */

import type { ReadonlySignal } from "@preact/signals";
import { guestApi } from "../client/api";
import { watchSending } from "../client/sending";
import type { Outgoing, WhipSession, WhipTarget } from "../client/whip";
import type { Media } from "./media";
import type { Inside } from "./page";
import { presetOf } from "./presets";
import { settings } from "./settings";
import type { Visit } from "./visit";

export class OwnSending {
  constructor(
    private readonly media: Media,
    private readonly visit: Visit,
    private readonly inside: ReadonlySignal<Inside | null>,
  ) {}

  /** What the devices give, as large as the guest has chosen and the studio takes; signals that it reads are followed. */
  outgoing(): Outgoing {
    const most = this.inside.value?.info.max_bitrate ?? Number.POSITIVE_INFINITY;
    return {
      video: this.media.video.value,
      audio: this.media.audio.value,
      maxBitrate: Math.min(presetOf(settings.value.preset).bitrate, most),
    };
  }

  /** Where it goes, a shared screen with a suffix; null while the guest is not inside. */
  target(suffix = ""): (WhipTarget & { maxBitrate: number }) | null {
    const inside = this.inside.peek();
    if (!inside) return null;
    const { instance } = this.visit;
    return {
      endpoint: inside.endpoint + suffix,
      token: inside.token,
      instance,
      maxBitrate: inside.info.max_bitrate,
    };
  }

  /** Nobody knows earlier than this page that its packets are on their way; told once for each kind. */
  tell(session: WhipSession, signal: AbortSignal): void {
    void watchSending(session.peer, signal, (kinds) => {
      const inside = this.inside.peek();
      if (!inside) return;
      const report = { ...this.media.report.peek(), sending: { session: session.id, kinds } };
      // Without this word it only takes a little longer.
      void guestApi.report(inside.token, inside.guest.id, report).catch(() => undefined);
    });
  }
}
