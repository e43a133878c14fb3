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
    if (error instanceof DOMException && error.name === "NotAllowedError") return false;
    // It was given another stream meanwhile, which plays now.
    if (error instanceof DOMException && error.name === "AbortError") return true;
    throw error;
  }
}

/** Play on a speaker, where the browser lets pages choose one; one that is gone leaves the system's. */
export async function chooseSpeaker(player: Player, speaker: string | null): Promise<void> {
  await player.setSinkId?.(speaker ?? "").catch(() => undefined);
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
