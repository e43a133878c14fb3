import type { JSX } from "preact";
import type { Media } from "../state/media";
import { texts } from "../texts";
import { Notice } from "./Notice";

/** One sentence and one button for each device that does not work. */
export function DeviceFaults({ media }: { media: Media }): JSX.Element {
  return (
    <>
      {(["camera", "microphone"] as const).map((which) => {
        const { fault } = media[which].value;
        if (!fault || (which === "camera" && !media.cameraOn.value)) return null;
        return (
          <Notice key={which} tone="bad" urgent>
            <p>{texts.devices[which][fault]}</p>
            <button type="button" class="button button-small" onClick={() => void media.retry(which)}>
              {texts.guest.tryAgain}
            </button>
          </Notice>
        );
      })}
    </>
  );
}
