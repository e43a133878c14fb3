import type { JSX } from "preact";
import type { Build } from "../../state/build";
import { texts } from "../../texts";
import { Notice } from "../../ui/Notice";

/** Said after an upgrade of the server; the page never reloads by itself, and whoever is seated is not even asked. */
export function OldPage({ build, isSeated }: { build: Build; isSeated: boolean }): JSX.Element | null {
  const [title, detail] = texts.guest.oldPage;
  if (!build.isOld.value) return null;
  return (
    <Notice tone="wait" title={title}>
      <p>{detail}</p>
      {isSeated ? null : (
        <button type="button" class="button" onClick={() => build.reload()}>
          {texts.guest.reload}
        </button>
      )}
    </Notice>
  );
}
