import { describe, expect, it } from "vitest";
import type { DeskEvent, RecordingView } from "../client/types";
import { heardRecording, recordingFigures } from "./recording";
import { recording } from "./samples";

const says = (data: RecordingView | null): DeskEvent => ({ seq: 2, type: "recording", data });

const begins = (told: RecordingView | null): DeskEvent => ({
  seq: 1,
  type: "snapshot",
  data: {
    guests: [],
    seats: [],
    health: { status: "ok", parts: {}, warnings: [] },
    carriers: [],
    mixer: null,
    board: null,
    recording: told,
    commands: [],
    chat: 0,
    incidents: [],
    build: "",
    invites: 0,
  },
});

describe("heardRecording", () => {
  it("knows of a take that ran before the page came, and of its end", () => {
    const take = recording();
    const after = (...events: DeskEvent[]): RecordingView | null => events.reduce(heardRecording, null);
    expect(after(begins(take))).toBe(take);
    expect(after(begins(take), says(null))).toBeNull();
    expect(after(begins(take), begins(null))).toBeNull();
    expect(after(says(take), { seq: 3, type: "seats", data: [] })).toBe(take);
  });
});

describe("recordingFigures", () => {
  it("are time, size, pieces and room", () => {
    const figures = (change: Partial<RecordingView>): string =>
      recordingFigures(recording(change)).join(" · ");
    expect(figures({})).toBe("0:01:05 · 34 MB · 0 pieces · 120.5 GB left");
    expect(figures({ free_bytes: 0 })).toBe("0:01:05 · 34 MB · 0 pieces");
  });

  it("count one piece as one", () => {
    const [piece] = [{ file: "program-001.mp4" } as RecordingView["pieces"][number]];
    expect(recordingFigures(recording({ pieces: [piece] }))[2]).toBe("1 piece");
  });
});
