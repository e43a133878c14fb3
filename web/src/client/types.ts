/** What control says and takes, by the names that the pages use. */

import type { components } from "./api.gen";

type Schemas = components["schemas"];

export type GuestView = Schemas["GuestView"];
export type SessionView = Schemas["SessionView"];
export type TrackView = Schemas["TrackStatus"];
export type DestinationView = Schemas["DestinationStatus"];
export type DestinationState = Schemas["DestinationState"];
export type CarrierKind = Schemas["CarrierKind"];
export type CarrierStatus = Schemas["CarrierStatus"];
export type CostView = Schemas["CostView"];
export type StudioView = Schemas["StudioView"];
export type SeatView = Schemas["SeatView"];
export type HealthView = Schemas["HealthView"];
export type JoinInfo = Schemas["JoinInfo"];
export type JoinRequest = Schemas["JoinBody"];
export type Joined = Schemas["Joined"];
export type InviteRequest = Schemas["InviteBody"];
export type InviteView = Schemas["InviteView"];
export type Report = Schemas["ReportBody"];
export type OwnDevices = Schemas["OwnDevices"];
export type Readiness = Schemas["Readiness"];
export type OnScreen = Schemas["OnScreen"];
export type Admit = Schemas["Admit"];
export type CommandView = Schemas["CommandView"];
export type GuestCommand = CommandView["command"];
export type CommandAnswer = Schemas["CommandAnswer"];
export type ChatMessage = Schemas["ChatMessage"];
export type ChatRequest = Schemas["ChatBody"];
export type ChatList = Schemas["ChatList"];

export type MixerView = Schemas["MixerView"];
export type CanvasSize = Schemas["CanvasSize"];
export type BoardView = Schemas["BoardView"];
export type SceneView = Schemas["SceneView"];
export type SceneSoundView = Schemas["SceneSoundView"];
export type SlotView = Schemas["SlotView"];
export type SceneRequest = Schemas["NewSceneBody"];
export type Fit = Schemas["Fit"];
export type Anchor = Schemas["Anchor"];
export type LowerThirdStyle = Schemas["LowerThirdStyle"];
export type CardRequest = Schemas["CardBody"];
export type TimerRequest = Schemas["TimerBody"];
export type TickerRequest = Schemas["TickerBody"];
export type ScoreboardRequest = Schemas["ScoreboardBody"];
export type TeamRequest = Schemas["TeamBody"];
export type OverlayRequest = CardRequest | TimerRequest | TickerRequest | ScoreboardRequest;
export type SourceView = Schemas["SourceView"];
export type StripView = Schemas["StripView"];
export type StripChange = Schemas["StripBody"];
export type OutputView = Schemas["OutputView"];
/** The canvas that program is drawn on, or the second one. */
export type CanvasName = Schemas["Canvas"];
export type OutputRequest = Schemas["NewOutputBody"];
export type RecordingState = Schemas["RecordingState"];
export type RecordingView = Schemas["RecordingView"];
export type CardView = Schemas["CardView"];
export type TimerView = Schemas["TimerView"];
export type ScoreboardView = Schemas["ScoreboardView"];
export type OverlayView = BoardView["overlays"][number];
export type TransitionView = Schemas["TransitionView"];
export type TransitionKind = Schemas["TransitionKind"];
export type TransitionChange = Partial<Schemas["TransitionChange"]>;
export type Direction = Schemas["Direction"];
export type Follow = Schemas["Follow"];
export type Meters = Schemas["MetersEvent"]["data"];
export type SourceStatus = Schemas["SourceStatus"];
export type MultiviewCell = Schemas["MultiviewCell"];
export type ClipStatus = Schemas["ClipStatus"];
/** A camera or a sound input of the server's machine. */
export type DeviceView = Schemas["DeviceView"];
export type SourceRequest = Schemas["NewSourceBody"];
export type MediaView = Schemas["MediaView"];
export type MediaList = Schemas["MediaList"];
export type CommandState = Schemas["CommandState"];
export type IncidentView = Schemas["IncidentView"];
/** What the mixer confirms: the scenes on program and preview from a frame on. */
export type Applied = Schemas["Applied"];

/** The four endings after which a page does not come back by itself. */
export type EndReason = Schemas["Ended"]["reason"];

/** The same events, for a page that asks for them. */
export type DeskNews = Schemas["DeskNews"];
export type GuestNews = Schemas["GuestNews"];

export type DeskEvent =
  | Schemas["SnapshotEvent"]
  | Schemas["GuestEvent"]
  | Schemas["GuestGoneEvent"]
  | Schemas["SeatsEvent"]
  | Schemas["HealthEvent"]
  | Schemas["MixerEvent"]
  | Schemas["BoardEvent"]
  | Schemas["RecordingEvent"]
  | Schemas["MetersEvent"]
  | Schemas["CommandEvent"]
  | Schemas["ChatEvent"]
  | Schemas["IncidentEvent"]
  | Schemas["InvitesEvent"];
export type GuestStreamEvent =
  | Schemas["GuestSnapshotEvent"]
  | Schemas["GuestEvent"]
  | Schemas["StudioEvent"]
  | Schemas["CommandEvent"]
  | Schemas["ChatEvent"]
  | Schemas["EndedEvent"];
