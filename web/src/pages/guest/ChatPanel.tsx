import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { watchRoom } from "../../client/room";
import type { ChatMessage } from "../../client/types";
import { timeOf } from "../../state/format";
import type { GuestChat } from "../../state/guest-chat";
import { backstageTexts } from "../../texts.guest-backstage";
import { useFocusBack } from "../../ui/focus-back";
import { HeldButton } from "../../ui/Held";
import { Icon } from "../../ui/Icon";
import "../../styles/guest-chat.css";

const say = backstageTexts.chat;
const MOST = 1000;

const isTouched = (): boolean => matchMedia("(pointer: coarse)").matches;

interface ChatPanelProps {
  chat: GuestChat;
  /** The guest's own id. */
  own: string;
}

/** What was said, and the field to say something; a phone's keyboard leaves both in sight. */
export function ChatPanel({ chat, own }: ChatPanelProps): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  useFocusBack();
  useEffect(() => {
    // On a phone the keyboard would come up before anything was read.
    if (isTouched()) panel.current?.focus();
    return watchRoom(({ top, height }) => {
      const { style } = document.documentElement;
      style.setProperty("--room-top", `${top}px`);
      style.setProperty("--room-height", `${height}px`);
    });
  }, []);
  const close = (): void => {
    chat.open.value = false;
  };
  return (
    <section
      class="chat"
      ref={panel}
      tabIndex={-1}
      aria-label={say.title}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header class="chat-head">
        <h2>{say.title}</h2>
        <button type="button" class="button button-quiet button-icon" aria-label={say.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Said messages={chat.messages.value} own={own} />
      <Writing chat={chat} />
    </section>
  );
}

function Said({ messages, own }: { messages: readonly ChatMessage[]; own: string }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const newest = messages.at(-1)?.number;
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    // Also when a keyboard takes half of it away.
    const sized = new ResizeObserver(() => {
      current.scrollTop = current.scrollHeight;
    });
    sized.observe(current);
    return () => sized.disconnect();
  }, [newest]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys too
    <div class="chat-list" ref={list} role="log" aria-label={say.list} tabIndex={0}>
      {messages.length === 0 ? <p class="chat-nothing">{say.nothing}</p> : null}
      {messages.map((message) => (
        <Saying key={message.number} message={message} own={own} />
      ))}
    </div>
  );
}

function Saying({ message, own }: { message: ChatMessage; own: string }): JSX.Element {
  const { sender, name, guest, text, at } = message;
  const isOwn = sender === own;
  const who = isOwn ? say.you : sender === null ? say.producer : name;
  const to = guest === null ? say.toEveryone : isOwn ? say.toProducer : say.toYou;
  const time = timeOf(new Date(at));
  return (
    <article class={isOwn ? "chat-saying chat-own" : "chat-saying"}>
      <p class="chat-who">
        <strong>{who}</strong>
        <span>{to}</span>
        <time dateTime={at}>{time}</time>
      </p>
      <p class="chat-text">{text}</p>
    </article>
  );
}

function Writing({ chat }: { chat: GuestChat }): JSX.Element {
  const id = useId();
  const everyone = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!isTouched()) field.current?.focus();
  }, []);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    await chat.send(everyone.value);
    field.current?.focus();
  };
  return (
    <form class="chat-writing" onSubmit={(event) => void send(event)}>
      {chat.fault.value ? (
        <p class="field-note field-error" role="alert">
          {chat.fault.value}
        </p>
      ) : null}
      <fieldset class="chat-to" aria-label={say.who}>
        {[false, true].map((all) => (
          <button
            key={String(all)}
            type="button"
            class={everyone.value === all ? "button button-small button-active" : "button button-small"}
            aria-pressed={everyone.value === all}
            onClick={() => {
              everyone.value = all;
            }}
          >
            {all ? say.everyone : say.producerOnly}
          </button>
        ))}
      </fieldset>
      <div class="field-row">
        <input
          id={id}
          ref={field}
          class="field-input"
          type="text"
          enterKeyHint="send"
          maxLength={MOST}
          autocomplete="off"
          aria-label={say.write}
          placeholder={say.write}
          value={chat.draft.value}
          onInput={(event) => {
            chat.draft.value = event.currentTarget.value;
          }}
        />
        <HeldButton type="submit" class="button button-primary" busy={chat.sending.value}>
          {chat.sending.value ? say.sending : say.send}
        </HeldButton>
      </div>
    </form>
  );
}
