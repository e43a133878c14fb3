import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../client/api";
import { libraryApi } from "../client/library";
import type { BoardView, MediaList, SourceView } from "../client/types";
import { clipsOf, place, stillsOf } from "./clips";
import { Library, refusalOf, sourceOf } from "./library";
import { NOTHING } from "./mixing";
import { mixer } from "./samples";

const MB = 1_000_000;
const LIST: MediaList = { media: [], size: 90 * MB, max_size: 100 * MB, max_file_size: 50 * MB };

describe("the library", () => {
  it.each([
    [0, "This file is empty."],
    [60 * MB, "This file has 60 MB; 50 MB are taken at most."],
    [20 * MB, "There is room for 10 MB only. Delete something first."],
    [10 * MB, ""],
  ])("says of a file of %i bytes before it is sent: %s", (size, words) => {
    expect(refusalOf({ name: "a.mp4", size }, LIST)).toBe(words);
  });

  it("makes a clip that waits for program, and a still", () => {
    const media = {
      id: "My intro.mp4",
      kind: "clip" as const,
      size: 1,
      added: "",
      duration_ms: 1,
      tracks: [],
      thumbnail: null,
      used_by: [],
    };
    expect(sourceOf(media)).toMatchObject({
      kind: "url",
      label: "My intro",
      loop: false,
      autoplay: "program",
    });
    expect(sourceOf({ ...media, kind: "still" })).toMatchObject({ kind: "still", url: "My intro.mp4" });
  });
});

describe("Library", () => {
  it("keeps each file's failure whatever is done with others at the same time", async () => {
    const library = new Library();
    const ends: (() => void)[] = [];
    const used = new ApiError(409, "media_in_use", "It is used.");
    vi.spyOn(libraryApi, "list").mockResolvedValue(LIST);
    vi.spyOn(libraryApi, "remove").mockImplementation(
      (id) =>
        new Promise((resolve, reject) => {
          ends.push(id === "free.mp4" ? () => resolve(null) : () => reject(used));
        }),
    );
    const free = library.remove("free.mp4");
    const held = library.remove("held.mp4");
    ends[1]?.();
    await held;
    ends[0]?.();
    await free;
    expect([...library.failures.value.keys()]).toEqual(["held.mp4"]);
    expect(library.failures.value.get("held.mp4")).toContain("It is used.");
    vi.restoreAllMocks();
  });
});

describe("clips", () => {
  it("are the files, with what the mixer measures; servers and seats are none", () => {
    const source = (id: string, kind: string, url: string): SourceView => ({ id, kind, url }) as SourceView;
    const sources = [
      source("intro", "url", "intro.mp4"),
      source("camera", "url", "rtsp://camera.example/1"),
      source("guest1", "guest", ""),
      source("logo", "still", "logo.png"),
      source("soon", "slate", ""),
    ];
    const clip = { state: "playing", at_s: 1, duration_s: 10, remaining_s: 9 } as const;
    const status = { id: "intro", state: "live", reason: "", clip } as never;
    const now = {
      ...NOTHING,
      board: { sources } as unknown as BoardView,
      mixer: mixer({ sources: [status], tally: { intro: "program" } }),
    };
    expect(clipsOf(now)).toEqual([{ source: sources[0], status: clip, onAir: true, reason: "" }]);
    expect(clipsOf({ ...now, mixer: null })[0]?.status).toBeNull();
    expect(stillsOf(now).map(({ id }) => id)).toEqual(["logo"]);
  });

  it.each([
    [0, "0:00.0"],
    [7.44, "0:07.4"],
    [59.97, "1:00.0"],
    [754, "12:34.0"],
  ])("are at a place to the tenth: %d s is %s", (seconds, words) => {
    expect(place(seconds)).toBe(words);
  });
});
