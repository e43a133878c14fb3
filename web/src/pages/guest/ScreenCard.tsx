import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionView } from "../../client/types";
import { settings } from "../../state/settings";
import type { Stage } from "../../state/stage";
import { texts } from "../../texts";
import { Arrival } from "../../ui/Arrival";
import { Select } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Picture } from "../../ui/Picture";

/** The shared screen: what is shown, how it arrives, and whether it is text or movement. */
export function ScreenCard({
  stage,
  session,
}: {
  stage: Stage;
  session: SessionView | undefined;
}): JSX.Element | null {
  const { screen } = stage;
  const stream = useComputed(() => (screen.state.value.kind === "on" ? screen.state.value.stream : null));
  const say = texts.guest;
  const state = screen.state.value;
  if (state.kind === "off" && state.fault) {
    return (
      <Notice tone="bad" urgent>
        <p>{texts.screenFault}</p>
      </Notice>
    );
  }
  if (state.kind !== "on") return null;
  return (
    <section class="card guest-screen">
      <div class="guest-screen-picture">
        <Picture stream={stream.value} label={say.sharing} />
      </div>
      <div>
        <Arrival title={say.sharing} session={session} isOld={!stage.eventsUp.value} />
        <Select
          label={say.shareHint}
          value={settings.value.screenHint}
          options={[
            { value: "detail", label: say.shareDetail },
            { value: "motion", label: say.shareMotion },
          ]}
          onChange={(hint) => screen.setHint(hint === "motion" ? "motion" : "detail")}
        />
      </div>
    </section>
  );
}
