import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX, TargetedEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChatMessage } from "../../client/types";
import { threadOf } from "../../state/chat";
import type { Desk } from "../../state/desk";
import { timeOf } from "../../state/format";
import type { Operator } from "../../state/operator";
import { isHere, threadsOf } from "../../state/threads";
import { backstageTexts as say } from "../../texts.backstage";
import { Drawer } from "../../ui/Drawer";
import { type Option, Select, TextField } from "../../ui/Field";
import { HeldButton } from "../../ui/Held";
import "../../styles/chat.css";

/** As control takes it. */
const LENGTH = 1000;

interface ChatDrawerProps {
  operator: Operator;
  desk: Desk;
  onClose: () => void;
}

/** What was said to everyone and between each guest and the operators. */
export function ChatDrawer({ operator, desk, onClose }: ChatDrawerProps): JSX.Element {
  const { chat } = operator;
  const to = useSignal("");
  const guest = to.value || null;
  const messages = useComputed(() => threadOf(chat.messages.value, to.value || null));
  const looked = useVisible();
  useSignalEffect(() => {
    if (looked.value && messages.value.length > 0) chat.markRead(to.value || null);
  });
  return (
    <Drawer title={say.chat} onClose={onClose}>
      <div class="chat-with">
        <Select
          label={say.chatWith}
          value={to.value}
          options={optionsOf(operator, desk, guest)}
          onChange={(value) => {
            to.value = value;
          }}
        />
      </div>
      <Words messages={messages.value} />
      <Write operator={operator} desk={desk} guest={guest} />
    </Drawer>
  );
}

/** Whether somebody may be looking at this tab. */
function useVisible(): ReadonlySignal<boolean> {
  const visible = useSignal(!document.hidden);
  useEffect(() => {
    const look = (): void => {
      visible.value = !document.hidden;
    };
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return visible;
}

/** Everyone, and each thread by its name with how much of it nobody has read. */
function optionsOf({ chat }: Operator, desk: Desk, chosen: string | null): Option[] {
  const counted = (label: string, guest: string | null): string => {
    const count = chat.unreadIn(guest);
    return count > 0 ? `${label} (${say.unread(count)})` : label;
  };
  return [
    { value: "", label: counted(say.everyone, null) },
    ...[...threadsOf(desk, chat.messages.value, chosen)].map(([value, name]) => ({
      value,
      label: counted(name, value),
    })),
  ];
}

function Words({ messages }: { messages: readonly ChatMessage[] }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const newest = messages.at(-1)?.number;
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [newest]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <div class="drawer-body chat-words" ref={list} role="log" tabIndex={0} aria-label={say.chat}>
      {messages.length === 0 ? <p class="desk-nobody">{say.noWords}</p> : null}
      {messages.map(({ number, sender, name, at, text }) => (
        <div key={number} class={sender === null ? "chat-message chat-own" : "chat-message"}>
          <p class="chat-who">
            <b>{sender === null ? say.operator : name}</b> <time>{timeOf(new Date(at))}</time>
          </p>
          <p class="chat-text">{text}</p>
        </div>
      ))}
    </div>
  );
}

interface WriteProps {
  operator: Operator;
  desk: Desk;
  guest: string | null;
}

/** Where something is written to a thread: it stays there, also once the guest has left. */
function Write({ operator: { chat }, desk, guest }: WriteProps): JSX.Element {
  const known = guest === null ? undefined : desk.guests.get(guest);
  const isGone = guest !== null && !(known && isHere(known));
  const draft = chat.draftOf(guest);
  const send = (event: TargetedEvent<HTMLFormElement>): void => {
    event.preventDefault();
    // Whoever writes goes on writing: the page's keys are not meant.
    event.currentTarget.querySelector("input")?.focus();
    void chat.send(guest);
  };
  return (
    <form class="chat-write" onSubmit={send}>
      <TextField
        label={guest === null ? say.toEveryone : say.toGuest(known?.name ?? say.unknownGuest)}
        value={draft}
        maxLength={LENGTH}
        hint={isGone ? say.guestGone : undefined}
        error={chat.failureOf(guest) || undefined}
        onInput={(value) => chat.write(guest, value)}
      />
      <HeldButton
        type="submit"
        class="button button-primary"
        busy={chat.busy.value}
        why={isGone ? say.guestGone : !draft.trim() && say.nothingWritten}
      >
        {say.send}
      </HeldButton>
    </form>
  );
}
