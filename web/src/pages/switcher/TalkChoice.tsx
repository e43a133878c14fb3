import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { Talkback } from "../../state/talkback";
import { mixerTexts } from "../../texts.mixer";

const say = mixerTexts.talk;

/** By which microphone this operator speaks to guests; nothing before the browser tells of any. */
export function TalkChoice({ talkback }: { talkback: Talkback }): JSX.Element | null {
  const { microphone } = talkback;
  const id = useId();
  useEffect(() => microphone.follow(), [microphone]);
  const list = microphone.list.value;
  if (list.length === 0) return null;
  const chosen = list.find(({ deviceId }) => deviceId === microphone.chosen.value);
  return (
    <div class="talk-choice">
      <label class="field-label" for={id}>
        {say.microphone}
      </label>
      <select
        id={id}
        class="field-input"
        value={chosen?.deviceId ?? ""}
        onChange={({ currentTarget }) => talkback.choose(currentTarget.value || null)}
      >
        <option value="">{say.browsers}</option>
        {list.map(({ deviceId, label }, at) => (
          <option key={deviceId} value={deviceId}>
            {label || say.nameless(at + 1)}
          </option>
        ))}
      </select>
    </div>
  );
}
