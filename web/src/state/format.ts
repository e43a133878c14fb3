/** Figures as people read them. */

import type { SessionView, TrackView } from "../client/types";
import { language, locale } from "../language";
import { texts } from "../texts";

const made = new Map<string, Intl.NumberFormat>();

/** A number with so many decimals, as the page's language writes it. */
export function decimal(value: number, digits: number): string {
  const key = `${language()} ${digits}`;
  const known = made.get(key);
  const figures = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  const format = known ?? new Intl.NumberFormat(language(), figures);
  if (!known) made.set(key, format);
  return format.format(value);
}

/** A time of day: with seconds where it is `medium`. */
export const timeOf = (at: Date, timeStyle: "short" | "medium" = "short"): string =>
  new Intl.DateTimeFormat(locale(), { timeStyle, hour12: false }).format(at);

const DAY = { dateStyle: "medium", timeStyle: "short" } as const;

/** A day and a time. */
export const dayOf = (at: Date): string => new Intl.DateTimeFormat(locale(), DAY).format(at);

/** From one moment to another, without what both have in common. */
export const spanOf = (from: Date, to: Date): string =>
  new Intl.DateTimeFormat(locale(), DAY).formatRange(from, to);

export function bitrate(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1_000_000) return `${decimal(bitsPerSecond / 1_000_000, 1)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

export const percent = (fraction: number): string => `${decimal(fraction * 100, 1)} %`;

/** A fraction as a number of hundredths, to one decimal. */
export const hundredths = (fraction: number): number => Math.round(fraction * 1000) / 10;

export const milliseconds = (value: number): string => `${Math.round(value)} ms`;

export const trackOf = (session: SessionView, kind: TrackView["kind"]): TrackView | undefined =>
  session.tracks.find((track) => track.kind === kind);

/** The worst loss of all tracks, as a fraction. */
export const lossOf = (session: SessionView): number =>
  Math.max(0, ...session.tracks.map((track) => track.loss));

/** Sound minus picture, with its sign. */
export function offset(value: number): string {
  const rounded = Math.round(value);
  return `${rounded > 0 ? "+" : ""}${rounded} ms`.replace("-", "−");
}

/** A gain with its sign; the lowest that a fader goes to is still one. */
export function decibels(value: number): string {
  return `${value > 0 ? "+" : ""}${decimal(value, 1)} dB`.replace("-", "−");
}

/** Money to the cent; what is less than one is not nothing. */
export function dollars(value: number): string {
  if (value > 0 && value < 0.01) return texts.figures.lessThan(`$${decimal(0.01, 2)}`);
  return `$${decimal(value, 2)}`;
}

/** A size in decimal gigabytes, as networks are billed. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return `${decimal(value, value < 10 ? 2 : 1)} GB`;
}

/** A size that grows from nothing: `0 MB`, `12 MB`, `1.23 GB`. */
export const size = (bytes: number): string =>
  bytes < 999_500_000 ? `${Math.round(bytes / 1e6)} MB` : gigabytes(bytes);

/** A file's size: what is less than a megabyte is told too. */
export const fileSize = (bytes: number): string =>
  bytes < 999_500 ? `${Math.ceil(bytes / 1000)} kB` : size(bytes);

/** Time that runs: `0:00:05`, `12:34:56`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value % 60).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60))}:${two(seconds)}`;
}

/** Rough time left, for countdowns: `42 s`, `3 min`, `2 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A server's phrases as sentences: `nothing listens` and `Start it.` become `Nothing listens. Start it.` */
export const sentences = (...phrases: string[]): string =>
  phrases
    .filter((phrase) => phrase !== "")
    .map((phrase) => phrase.charAt(0).toUpperCase() + phrase.slice(1) + (/[.?!]$/.test(phrase) ? "" : "."))
    .join(" ");
