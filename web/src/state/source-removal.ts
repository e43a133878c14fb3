/** Taking a source away, so that it can be brought back. */

import type { ReadonlySignal } from "@preact/signals";
import { sourcesApi } from "../client/library";
import { mixerApi } from "../client/mixer";
import type { SourceView, StripView } from "../client/types";
import { mixerTexts } from "../texts.mixer";
import { isHidden } from "./added-sources";
import type { Commands } from "./commands";
import type { Deleted } from "./deleted";
import { labelOf, type Mixing, tagOf } from "./mixing";

interface Desk {
  mixing: ReadonlySignal<Mixing>;
  commands: Commands;
  deleted: Deleted;
}

/** Make it anew as it was, with its sound. */
async function bringBack(
  commands: Commands,
  { clip: _, ...body }: SourceView,
  strip: StripView | undefined,
): Promise<void> {
  await sourcesApi.make(body);
  if (!strip) return;
  const title = mixerTexts.failed.sound(labelOf(body));
  await commands.run(`source:${body.id}:strip`, title, () => mixerApi.strip(body.id, strip));
}

/** Remove a source as this page knows it; one with a login, which the page does not know, is gone for good. */
export async function removeSource(source: SourceView, { mixing, commands, deleted }: Desk): Promise<void> {
  const strip = mixing.peek().board?.strips[source.id];
  await sourcesApi.remove(source.id, tagOf(mixing.peek(), "sources", source.id));
  if (!isHidden(source.url)) deleted.put(labelOf(source), () => bringBack(commands, source, strip));
}
