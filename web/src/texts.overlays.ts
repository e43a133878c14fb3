/** Every word that the operator's page says of timers, tickers and scoreboards. */

import type { OverlayRequest, TimerRequest } from "./client/types";

type Kind = Exclude<OverlayRequest["kind"], "lower_third">;

export const overlayTexts = {
  add: {
    text: "Add a text",
    image: "Add a logo",
    timer: "Add a timer",
    ticker: "Add a ticker",
    scoreboard: "Add a scoreboard",
  } satisfies Record<Kind, string>,
  titles: {
    text: "Text on program",
    image: "Logo on program",
    timer: "Timer on program",
    ticker: "Ticker on program",
    scoreboard: "Scoreboard on program",
  } satisfies Record<Kind, string>,
  none: "Nothing to lay onto program yet.",
  missing: "Something that it has to have is empty.",
  mode: "What it tells",
  modes: {
    countdown: "Counts down",
    count_up: "Counts up",
    clock: "The time of day, by the server",
  } satisfies Record<TimerRequest["mode"], string>,
  minutes: "Minutes",
  seconds: "Seconds",
  format: "Written as",
  formats: {
    "m:ss": "Minutes and seconds",
    "h:mm:ss": "Hours, minutes, seconds",
    "h:mm": "Hours and minutes",
  } satisfies Record<TimerRequest["format"], string>,
  atZero: "At zero",
  atZeros: {
    stop: "Stands at zero",
    hide: "Goes",
    count_on: "Counts on, below zero",
  } satisfies Record<TimerRequest["at_zero"], string>,
  start: "Start",
  startOf: (name: string) => `Start ${name}`,
  pause: "Pause",
  pauseOf: (name: string) => `Pause ${name}`,
  reset: "Reset",
  resetOf: (name: string) => `Reset ${name}`,
  isOver: "It is at its zero. Reset it first.",
  isAtStart: "It stands at its beginning.",
  now: (name: string) => `${name} shows`,
  items: "Words, each line by itself",
  itemsHint: "While it runs, changed words come in behind what is seen.",
  separator: "Between them",
  speed: "Speed",
  perSecond: "% of the width a second",
  sides: { home: "Home", away: "Guests" },
  nameOf: (side: string) => `${side}: name`,
  colorOf: (side: string) => `${side}: colour`,
  label: "Period",
  timer: "Time",
  noTimer: "No time",
  lostTimer: (name: string) => `${name}, which was deleted: no time`,
  onePoint: (name: string) => `One point for ${name}`,
  oneLess: (name: string) => `One point less for ${name}`,
  isZero: "It is 0.",
  isFull: "A score goes to 999.",
} as const;
