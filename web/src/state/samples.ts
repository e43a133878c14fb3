/** Guests, sessions, tracks and the mixer's word for tests. */

import type {
  CardView,
  CarrierStatus,
  ChatMessage,
  CommandView,
  DestinationView,
  GuestView,
  IncidentView,
  MixerView,
  RecordingView,
  SessionView,
  TimerView,
  TrackView,
} from "../client/types";

export const track = (change: Partial<TrackView> = {}): TrackView => ({
  kind: "video",
  codec: "h264",
  state: "live",
  width: 1280,
  height: 720,
  frame_rate: 29.97,
  bitrate: 1_900_000,
  channels: 0,
  loss: 0.002,
  lost: 4,
  frames: 900,
  gaps: 0,
  jitter_ms: 3,
  age_ms: 20,
  ...change,
});

export const destination = (change: Partial<DestinationView> = {}): DestinationView => ({
  id: "rtmp",
  url: "rtmp://studio.example/live",
  state: "live",
  reason: "",
  code: "",
  hint: "",
  attempts: 1,
  bytes_sent: 1_000_000,
  dropped: 0,
  server_ready: null,
  ...change,
});

export const session = (change: Partial<SessionView> = {}): SessionView => ({
  id: "s1",
  path: "guest1",
  kind: "camera",
  state: "live",
  carrier: "builtin",
  cloudflare: null,
  tracks: [track(), track({ kind: "audio", codec: "opus", width: 0, height: 0, bitrate: 64_000, loss: 0 })],
  destinations: [destination()],
  round_trip_ms: 84.2,
  av_offset_ms: -7.4,
  time_to_first_frame_ms: 180,
  allowed_bitrate: 6_000_000,
  reason: null,
  ...change,
});

export const cloudflare = (change: Partial<CarrierStatus> = {}): CarrierStatus => ({
  publish_session: "0123abcd",
  pull_session: "4567cdef",
  tracks: [
    { kind: "video", state: "pulled", retries: 0 },
    { kind: "audio", state: "pulled", retries: 0 },
  ],
  rebuilt: 0,
  code: "",
  reason: "",
  hint: "",
  ...change,
});

export const guest = (change: Partial<GuestView> = {}): GuestView => ({
  id: "g1",
  name: "Ada",
  seat: null,
  state: "lobby",
  away: false,
  color: "#4f8df7",
  camera: "on",
  mic: "on",
  tally: "off",
  heard: false,
  return_picture: "program",
  carrier: "builtin",
  trouble: null,
  sessions: [session()],
  reason: null,
  hand_raised: null,
  synthetic: false,
  devices: null,
  ...change,
});

export const mixer = (change: Partial<MixerView> = {}): MixerView => ({
  frame: 1,
  width: 640,
  height: 360,
  frame_rate: 30,
  second_canvas: null,
  program: "a",
  preview: "b",
  position: null,
  black: 0,
  heard: [],
  tally: {},
  timing: {
    render_p50: 0,
    render_p95: 0,
    render_p99: 0,
    late_frames: 0,
    repeated_frames: 0,
    skipped_frames: 0,
    dropped_frames: 0,
    encoder_failures: 0,
  },
  encoder: "x264",
  encoder_wanted: "x264",
  encoder_reason: "",
  sources: [],
  outputs: [],
  ...change,
});

export const recording = (change: Partial<RecordingView> = {}): RecordingView => ({
  state: "recording",
  take: "20261126-064204",
  label: "",
  started: "2026-11-26T06:42:04Z",
  duration_ms: 65_000,
  size: 34_000_000,
  free_bytes: 120_500_000_000,
  pieces: [],
  code: "",
  reason: "",
  hint: "",
  ...change,
});

export const overlay = (change: Partial<CardView> = {}): CardView => ({
  id: "lower-third-guest1",
  kind: "lower_third",
  on: false,
  shown: false,
  text: "Ada",
  title: "",
  url: "",
  anchor: "bottom_left",
  size: 0.1,
  color: "#4f8df7",
  alpha: 1,
  frames: 15,
  ...change,
});

export const timer = (change: Partial<TimerView> = {}): TimerView => ({
  id: "start",
  kind: "timer",
  on: false,
  shown: false,
  anchor: "top_right",
  size: 0.06,
  color: "#e4572e",
  alpha: 1,
  frames: 12,
  mode: "countdown",
  seconds: 600,
  format: "m:ss",
  at_zero: "stop",
  running: false,
  elapsed_ms: 0,
  ...change,
});

export const command = (change: Partial<CommandView> = {}): CommandView => ({
  id: "c1",
  guest: "g1",
  command: { kind: "mute" },
  state: "sent",
  at: "2026-11-26T10:00:00Z",
  reason: "",
  ...change,
});

export const words = (change: Partial<ChatMessage> = {}): ChatMessage => ({
  number: 1,
  at: "2026-11-26T10:00:00Z",
  guest: null,
  sender: "g1",
  name: "Ada",
  text: "Hello",
  ...change,
});

export const incident = (change: Partial<IncidentView> = {}): IncidentView => ({
  id: "i1",
  code: "guest_silent",
  severity: "warning",
  guest: "g1",
  cause: "Ada sends nothing but silence.",
  done: "",
  todo: "Call them.",
  since: "2026-11-26T10:00:00Z",
  ended: null,
  ...change,
});
