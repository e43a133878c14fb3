import type { JSX } from "preact";
import type { Build } from "../../state/build";
import { sentences } from "../../state/format";
import { texts } from "../../texts";
import { Notice } from "../../ui/Notice";

/**
 * Said after an upgrade of the server; the page never reloads by itself. Whoever is seated has nothing to do: a line
 * says so, below what they have to know.
 */
export function OldPage({ build, isSeated }: { build: Build; isSeated: boolean }): JSX.Element | null {
  const [title, detail] = texts.guest.oldPage;
  if (!build.isOld.value) return null;
  if (isSeated)
    return (
      <p class="guest-small" role="status">
        {sentences(title, detail)}
      </p>
    );
  return (
    <Notice tone="wait" title={title}>
      <p>{detail}</p>
      <button type="button" class="button" onClick={() => build.reload()}>
        {texts.guest.reload}
      </button>
    </Notice>
  );
}
