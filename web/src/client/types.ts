/** What control says and takes, as JSON. */

export type GuestState = "invited" | "checking" | "lobby" | "seated" | "left" | "removed" | "expired";
export type SessionState = "waiting" | "live" | "stalled" | "closed";
export type TrackState = "waiting" | "live" | "stalled" | "off";
export type DestinationState = "waiting" | "connecting" | "live" | "retrying" | "stopped";
export type Switch = "on" | "off";
export type Admit = "direct" | "lobby";

/** The four endings after which a page does not come back by itself. */
export type EndReason = "left" | "removed" | "expired" | "opened_elsewhere";

export interface TrackView {
  kind: "audio" | "video";
  codec: string;
  state: TrackState;
  width: number;
  height: number;
  frame_rate: number;
  bitrate: number;
  loss: number;
  jitter_ms: number;
  age_ms: number | null;
}

export interface DestinationView {
  id: string;
  url: string;
  state: DestinationState;
  reason: string;
  code: string;
  hint: string;
  attempts: number;
  dropped: number;
  server_ready: boolean | null;
}

export interface SessionView {
  id: string;
  path: string;
  kind: "camera" | "screen";
  state: SessionState;
  tracks: TrackView[];
  destinations: DestinationView[];
  round_trip_ms: number | null;
  av_offset_ms: number | null;
  time_to_first_frame_ms: number | null;
  allowed_bitrate: number;
  reason: string | null;
}

export interface GuestView {
  id: string;
  name: string;
  seat: string | null;
  state: GuestState;
  away: boolean;
  color: string;
  camera: Switch;
  mic: Switch;
  sessions: SessionView[];
  reason: string | null;
}

export interface SeatView {
  name: string;
  label: string;
  color: string;
  guest: string | null;
  held_for_ms: number | null;
}

export interface HealthWarning {
  code: string;
  severity: string;
  since: string;
  message: string;
  hint: string;
}

export interface HealthView {
  status: "ok" | "warning" | "critical";
  warnings: HealthWarning[];
}

export interface JoinInfo {
  production: string;
  notice: string;
  notice_version: string;
  open: boolean;
  invite: { seat: string | null; name: string | null; admit: Admit } | null;
  guest: GuestView | null;
  max_bitrate: number;
  records: boolean;
  streams: boolean;
  https_url?: string | null;
}

export interface Joined {
  guest: GuestView;
  token: string;
  endpoint: string;
}

export interface InviteRequest {
  seat: string | null;
  name: string | null;
  admit: Admit;
  expires_s: number | null;
}

export interface InviteView {
  id: string;
  token: string;
  url: string;
  qr_svg: string;
  seat: string | null;
  name: string | null;
  admit: Admit;
  expires_at: string | null;
}
