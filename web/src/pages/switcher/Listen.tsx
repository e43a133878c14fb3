import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type Listening, PROGRAM } from "../../state/listening";
import { labelOf } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { mixerTexts as say } from "../../texts.mixer";
import { Icon } from "../../ui/Icon";

interface ListenButtonProps {
  listening: Listening;
  what: string;
  name: string;
}

/** Hear this alone; pressed while it is heard. */
export function ListenButton({ listening, what, name }: ListenButtonProps): JSX.Element {
  const on = listening.to.value === what;
  return (
    <button
      type="button"
      class={on ? "button button-small button-active strip-listen" : "button button-small strip-listen"}
      aria-pressed={on}
      aria-label={say.listenTo(name)}
      title={say.listenTo(name)}
      onClick={() => listening.toggle(what)}
    >
      <Icon name="listen" />
    </button>
  );
}

/** What is listened to, and its sound. */
export function ListenLine({ operator }: { operator: Operator }): JSX.Element | null {
  const { listening } = operator;
  const what = listening.to.value;
  const viewer = listening.viewer.value;
  if (what === null || !viewer) return null;
  const name = nameOf(operator, what);
  const { kind } = viewer.link.value;
  const failed = kind === "waiting" || kind === "refused";
  return (
    <>
      <span class="desk-hint" role="status">
        {kind === "connected"
          ? say.listening(name)
          : failed
            ? say.listenFailed(name)
            : say.listenOpening(name)}
      </span>
      {viewer.stream.value ? <Sound key={what} stream={viewer.stream.value} /> : null}
    </>
  );
}

function nameOf(operator: Operator, what: string): string {
  if (what === PROGRAM) return say.program;
  const source = operator.mixing.value.board?.sources.find(({ id }) => id === what);
  return source ? labelOf(source) : what;
}

/** Sound without a picture; a button where the browser does not start it by itself. */
function Sound({ stream }: { stream: MediaStream }): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);
  const blocked = useSignal(false);
  const play = (): void => {
    const audio = element.current;
    if (!audio) return;
    audio.play().then(
      () => {
        blocked.value = false;
      },
      (error: DOMException) => {
        blocked.value = error.name === "NotAllowedError";
      },
    );
  };
  useLayoutEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.srcObject = stream;
    play();
    return () => {
      audio.srcObject = null;
    };
  }, [stream]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: live sound has no captions */}
      <audio ref={element} />
      {blocked.value ? (
        <button type="button" class="button button-small button-primary" onClick={play}>
          {say.clickToHear}
        </button>
      ) : null}
    </>
  );
}
