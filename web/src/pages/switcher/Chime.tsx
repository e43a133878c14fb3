import type { JSX } from "preact";
import { audioContext } from "../../client/sound";
import type { Alerts } from "../../state/alerts";
import { backstageTexts as say } from "../../texts.backstage";
import { Checkbox } from "../../ui/Field";

/** Whether alerts are heard. */
export function ChimeChoice({ alerts }: { alerts: Alerts }): JSX.Element {
  return (
    <Checkbox label={say.chime} checked={alerts.aloud.value} onChange={(aloud) => alerts.setAloud(aloud)} />
  );
}

/** There while an alert was not heard since the browser lets no sound start; any click or key lets it. */
export function ClickForChime({ alerts }: { alerts: Alerts }): JSX.Element | null {
  if (!alerts.blocked.value) return null;
  return (
    <button type="button" class="button button-small" onClick={() => audioContext()}>
      {say.clickForChime}
    </button>
  );
}
