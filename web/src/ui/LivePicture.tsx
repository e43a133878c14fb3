import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { LinkState } from "../client/lasting";
import type { Motion } from "../client/motion";
import type { Look } from "../state/looks";
import type { Reach } from "../state/reach";
import type { SharedPicture } from "../state/shared-picture";
import { Viewer } from "../state/viewer";
import { deskTexts } from "../texts.desk";
import { mixerTexts } from "../texts.mixer";
import { Aloud } from "./Aloud";
import { HeldButton } from "./Held";
import { HttpPicture } from "./HttpPicture";
import { Picture } from "./Picture";
import { useLook } from "./use-look";
import { useHttp } from "./use-reach";
import { useSeen } from "./use-seen";
import "../styles/live-picture.css";

interface LivePictureProps {
  path: string;
  label: string;
  /** By HTTP it comes for as long as WebRTC does not. */
  reach: Reach;
  /** One of the pictures whose number is bounded: it is open while it has a place, and may be listened to. */
  look?: Look;
  /** What is said while there is no picture. */
  words?: Words;
  /** What others take their pictures from: it is played also while only they can be seen. */
  shared?: SharedPicture;
}

interface Words {
  opening: string;
  failed: string;
}

/** By how much a picture may come after what the server says of it. */
const LAG_MS = 700;
const HTTP_LAG_MS = 1700;
const usualWords = (): Words => ({ opening: deskTexts.pictureConnecting, failed: deskTexts.pictureFailed });

/** The picture of a hub path; a session is open only while the tile can be seen. */
export function LivePicture(props: LivePictureProps): JSX.Element {
  const { path, label, reach, look, words = usualWords(), shared } = props;
  const box = useRef<HTMLDivElement>(null);
  const seen = useSeen(box);
  const motion = useSignal<Motion>("none");
  const isHeard = look?.isHeard.value ?? false;
  const isWanted = seen.value || isHeard || (shared?.wanted.value ?? 0) > 0;
  const isOpen = useLook(look, isWanted);
  const viewer = useViewer(path, isOpen);
  const link = viewer?.link.value;
  const isConnected = link?.kind === "connected";
  useRefusal(shared, link?.kind);
  const byHttp = useHttp(reach, { isWanted: isOpen, link, isLook: look !== undefined });
  const stream = byHttp.isTaken ? null : (viewer?.stream.value ?? null);
  const onMotion = (now: Motion): void => {
    motion.value = now;
    if (shared) shared.motion.value = now;
  };
  const onVideo = (lagMs: number) => (video: HTMLVideoElement) => shared?.shows(video, lagMs);
  return (
    <div class="live-picture" ref={box}>
      {stream ? (
        <Picture
          stream={stream}
          label={label}
          isOpen={isConnected}
          onMotion={onMotion}
          onVideo={onVideo(LAG_MS)}
        />
      ) : null}
      {stream && isHeard ? <Aloud stream={stream} word={mixerTexts.clickToHear} /> : null}
      {byHttp.isTaken ? (
        <HttpPicture
          path={path}
          label={label}
          sound={isHeard ? mixerTexts.clickToHear : null}
          onPlays={byHttp.onPlays}
          onMotion={onMotion}
          onVideo={onVideo(HTTP_LAG_MS)}
        />
      ) : null}
      {isConnected || byHttp.plays ? null : look?.isWaiting.value ? (
        <NoPlace look={look} label={label} />
      ) : (
        <p class="live-picture-text">{explain(link, words)}</p>
      )}
      {stream || byHttp.plays ? <MotionWords motion={motion.value} /> : null}
      {byHttp.plays ? (
        <p class="live-picture-way" role="status">
          {look ? deskTexts.lookByHttp : deskTexts.pictureByHttp}
        </p>
      ) : null}
    </div>
  );
}

function useViewer(path: string, isOpen: boolean): Viewer | null {
  const viewer = useSignal<Viewer | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    const opened = new Viewer({ path });
    opened.start();
    viewer.value = opened;
    return () => {
      opened.stop();
      viewer.value = null;
    };
  }, [path, isOpen]);
  return viewer.value;
}

function useRefusal(shared: SharedPicture | undefined, kind: LinkState["kind"] | undefined): void {
  useEffect(() => {
    // Whoever has closed a picture, or only tries it, knows nothing new of whether it is refused.
    if (shared && kind === "refused") shared.isRefused.value = true;
    else if (shared && kind === "connected") shared.isRefused.value = false;
  }, [shared, kind]);
}

/** As many pictures are open as may be: this one would take the place of the oldest. */
function NoPlace({ look, label }: { look: Look; label: string }): JSX.Element {
  return (
    <div class="live-picture-text">
      <HeldButton
        class="button button-small"
        aria-label={deskTexts.lookAt(label)}
        onClick={() => look.looks.take(look)}
      >
        {deskTexts.look}
      </HeldButton>
      <p>{deskTexts.looksFull(look.looks.most.value)}</p>
    </div>
  );
}

/** What is said of a picture that does not move, though there is a connection. */
function MotionWords({ motion }: { motion: Motion }): JSX.Element | null {
  const words = { none: null, moves: null, still: deskTexts.pictureStill, missing: deskTexts.pictureMissing };
  if (words[motion] === null) return null;
  return (
    <p class="live-picture-still" role="status">
      {words[motion]}
    </p>
  );
}

function explain(link: LinkState | undefined, words: Words): string {
  if (link?.kind === "refused")
    return link.error.status === 406 ? deskTexts.pictureCodec : deskTexts.pictureRefused;
  const failed = link?.kind === "waiting" || (link?.kind === "connecting" && link.after !== null);
  return failed ? words.failed : words.opening;
}
