import type { JSX } from "preact";

const PATHS = {
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3",
  micOff:
    "M9 9v3a3 3 0 0 0 4.6 2.5M15 11.5V6a3 3 0 0 0-5.8-1M5 11a7 7 0 0 0 10.6 6M19 11a7 7 0 0 1-.6 2.8M12 18v3M4 4l16 16",
  camera:
    "M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM15 11l5.4-3.2a.4.4 0 0 1 .6.3v7.8a.4.4 0 0 1-.6.3L15 13",
  cameraOff:
    "M9.5 7H13a2 2 0 0 1 2 2v3.5M15 11l5.4-3.2a.4.4 0 0 1 .6.3v7.8M14.7 16a2 2 0 0 1-1.7 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h1M3 3l18 18",
  screen:
    "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 21h6M12 17v4M12 14V8.5M9.5 11 12 8.5l2.5 2.5",
  settings:
    "M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 19.500a2.5 2.5 0 1 0 0-5 2.5 2.500 0 0 0 0 5Z",
  leave: "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 16l-4-4 4-4M6 12h9",
  close: "M6 6l12 12M18 6 6 18",
  edit: "M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19 4 20ZM13.500 7l3.500 3.500",
  alert: "M12 4 2.800 19.500h18.400L12 4ZM12 10v4.500M12 17.200v.1",
  listen: "M4 10v4h3.500L12 18V6L7.500 10H4ZM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  copy: "M9 9h10v11H9zM5 15V4h10",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1-1",
  chat: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8l-4.500 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM8 9h8M8 12.500h5",
  hand: "M8 12V6a1.500 1.500 0 0 1 3 0v5-6.500a1.500 1.500 0 0 1 3 0V11 6a1.500 1.500 0 0 1 3 0v8.500a6.500 6.500 0 0 1-6.500 6.500c-2.600 0-4-1.200-5.200-3.200L3.500 14a1.500 1.500 0 0 1 2.500-1.600L8 14.500V12Z",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawn sign; the words beside it carry the meaning. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
