/** Plays sound that a person has to hear, on the speaker and as loud as they want. */

type Player = HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> };

/**
 * Play a stream; false where the browser wants a click first.
 *
 * @throws DOMException when it cannot be played at all.
 */
export async function playAloud(player: HTMLMediaElement, stream: MediaStream): Promise<boolean> {
  if (player.srcObject !== stream) player.srcObject = stream;
  try {
    await player.play();
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    // It was given another stream meanwhile, which plays now.
    if (error instanceof DOMException && error.name === "AbortError") return true;
    throw error;
  }
}

/** How far the browser let something play: some want a click even for what is muted, and wait for that. */
export type Started = "plays" | "muted" | "waits";

/**
 * Play what has a picture too: where the browser wants a click before it sounds, that goes on without sound.
 *
 * @throws DOMException when it cannot be played at all.
 */
export async function playOrMute(player: HTMLMediaElement): Promise<Started> {
  try {
    await player.play();
    return "plays";
  } catch (error) {
    if (player.muted || !isRefusal(error)) throw error;
    player.muted = true;
    return player.play().then(
      () => "muted",
      () => "waits",
    );
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "NotAllowedError";

/** Play on a speaker, where the browser lets pages choose one; one that is gone leaves the system's. */
export async function chooseSpeaker(player: Player, speaker: string | null): Promise<void> {
  await player.setSinkId?.(speaker ?? "").catch(() => undefined);
}

/** iPhones and iPads let a volume stand for a moment before they take it back, longer on a busy page. */
const TAKEN_BACK_MS = 500;

/** Whether a page can set how loud it plays: on iPhones and iPads only their own buttons can. */
export async function canSetVolume(): Promise<boolean> {
  const player = new Audio();
  player.volume = 0.5;
  await new Promise((resolve) => setTimeout(resolve, TAKEN_BACK_MS));
  return player.volume === 0.5;
}

/** Whether sound can be played on a speaker. */
export async function speakerWorks(speaker: string): Promise<boolean> {
  const player: Player = new Audio();
  if (!player.setSinkId) return false;
  return player.setSinkId(speaker).then(
    () => true,
    () => false,
  );
}
