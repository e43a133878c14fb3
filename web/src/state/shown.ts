/** What the producer has put on a guest's screen: pure rules of words, countdown and prompter. */

import type { CommandView, OnScreen } from "../client/types";

/** What came by a command, and by how much this machine's clock was ahead of the server's then, in milliseconds. */
interface Put {
  id: string;
  ahead: number;
}

export interface PrompterText {
  text: string;
  /** Words a minute; 0 stands still. */
  speed: number;
  /** Of the letters, in percent of the screen's height. */
  size: number;
}

export interface Words extends Put {
  text: string;
  /** When the guest has read it, which takes it off the screen, in milliseconds of this machine's clock. */
  read: number | null;
}

export interface Shown {
  message: Words | null;
  /** It ends at `until`, in milliseconds of this machine's clock. */
  countdown: (Put & { until: number }) | null;
  prompter: (Put & PrompterText) | null;
}

export const NOTHING: Shown = { message: null, countdown: null, prompter: null };

/** How long a countdown that has ended is still seen. */
export const ENDED_MS = 10_000;

const SPEED = { least: 0, most: 400 };
const SIZE = { least: 2, most: 25 };

/**
 * What is shown after a command; null for one that shows nothing.
 *
 * @param sent When it was sent, in milliseconds of this machine's clock.
 */
export function shownAfter(shown: Shown, { id, at, command }: CommandView, sent: number): Shown | null {
  const put: Put = { id, ahead: sent - Date.parse(at) };
  switch (command.kind) {
    case "message": {
      const { text } = command;
      return { ...shown, message: text ? { ...put, text, read: null } : null };
    }
    case "countdown": {
      const { seconds } = command;
      return { ...shown, countdown: seconds > 0 ? { ...put, until: sent + seconds * 1000 } : null };
    }
    case "prompter": {
      const { text, speed, size } = command;
      return { ...shown, prompter: text.trim() ? { ...put, text, speed, size } : null };
    }
    default:
      return null;
  }
}

/** What control is told of it, in times of the server's. */
export function onScreen({ message, countdown, prompter }: Shown): OnScreen {
  const at = (here: number, { ahead }: Put): string => new Date(here - ahead).toISOString();
  return {
    message: message && {
      id: message.id,
      text: message.text,
      read_at: message.read === null ? null : at(message.read, message),
    },
    countdown: countdown && { id: countdown.id, ends_at: at(countdown.until, countdown) },
    prompter: prompter && { id: prompter.id },
  };
}

/** Whole seconds to the end; null once the end is no news any more. */
export function secondsLeft(until: number, now: number): number | null {
  if (now >= until + ENDED_MS) return null;
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** Seconds as a clock shows them: `9:05`, `1:00:00`. */
export function asClock(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** How fast a text of so many words must move so that its reader speaks `speed` of them a minute, in pixels a second. */
export const pixelsPerSecond = (words: number, height: number, speed: number): number =>
  words === 0 ? 0 : (height / words) * (speed / 60);

/** The text with another speed and size, within what the API allows. */
export function adjusted<Prompter extends PrompterText>(
  prompter: Prompter,
  by: { speed?: number; size?: number },
): Prompter {
  const within = (value: number, { least, most }: typeof SPEED): number =>
    Math.min(most, Math.max(least, value));
  return {
    ...prompter,
    speed: within(prompter.speed + (by.speed ?? 0), SPEED),
    size: within(prompter.size + (by.size ?? 0), SIZE),
  };
}
