import type { JSX } from "preact";
import { mixerTexts as say } from "../texts.mixer";
import "../styles/thumbnail.css";

/** Said over a picture that is not how it looks now; for the eye alone, as the picture is. */
export function OldPicture(): JSX.Element {
  return (
    <span class="thumbnail-old" aria-hidden="true">
      {say.oldPicture}
    </span>
  );
}
