import { signal } from "@preact/signals";
import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import type { GuestView, MixerView, Readiness } from "../client/types";
import { Commands } from "../state/commands";
import { NOTHING } from "../state/mixing";
import { views } from "../state/sample-views";
import { guest, mixer, session, track } from "../state/samples";
import { SharedPicture } from "../state/shared-picture";
import { deskTexts } from "../texts.desk";
import { GuestTile } from "./GuestTile";

vi.mock("./LivePicture", () => ({ LivePicture: () => null }));

const WELL: Readiness = {
  faults: [],
  checked: true,
  hears: "yes",
  limited_by: "none",
  system: "Firefox 128, Windows",
};

const show = (change: Partial<GuestView>, shared = new SharedPicture(signal(NOTHING))): void =>
  void render(
    <GuestTile
      guest={guest(change)}
      operator={{ commands: new Commands(), guestSheet: signal(null) }}
      title=""
      way={null}
      views={views(shared)}
    >
      {null}
    </GuestTile>,
  );

afterEach(cleanup);

it("says of a guest with nothing wrong that they are ready, and what they sit at", () => {
  show({ readiness: WELL });
  expect(screen.getByText("Ready")).toBeTruthy();
  expect(screen.getByText("Firefox 128, Windows")).toBeTruthy();
  expect(screen.queryByText("Cannot hear you")).toBeNull();
});

it("names the gravest thing that is wrong, that they cannot hear, and what holds their picture down", () => {
  show({ readiness: { ...WELL, faults: ["silent", "dark"], hears: "blocked", limited_by: "cpu" } });
  expect(screen.getByText("Not ready: the microphone gives nothing")).toBeTruthy();
  expect(screen.getByText("Cannot hear you")).toBeTruthy();
  expect(screen.getByText("picture held down by the machine")).toBeTruthy();
});

it("calls nobody ready who cannot hear", () => {
  show({ readiness: { ...WELL, hears: "nothing" } });
  expect(screen.getByText("Cannot hear you")).toBeTruthy();
  expect(screen.queryByText("Ready")).toBeNull();
});

it("says so also of who is seated, by what arrives and whatever their page believes", () => {
  show({ state: "seated", seat: "guest1", sessions: [session({ tracks: [track()] })], readiness: WELL });
  expect(screen.getByText("Not ready: no sound arrives")).toBeTruthy();
});

it("says nothing of who has no page", () => {
  show({});
  expect(screen.queryByText("Ready")).toBeNull();
});

it.each([
  ["nothing where the guest has switched it off", { readiness: WELL }, false],
  ["that nothing moves where it broke", { readiness: { ...WELL, faults: ["camera_fault"] } }, true],
  ["that nothing moves where the guest is away", { away: true }, true],
] as const)("says of a picture that stands still, as the camera is off, %s", (_, change, isSaid) => {
  const sources = [{ id: "guest1", state: "stalled", has_video: true }] as MixerView["sources"];
  const multiview = [{ source: "guest1", x: 0, y: 0, width: 0.5, height: 0.5 }];
  const shared = new SharedPicture(signal({ ...NOTHING, mixer: mixer({ sources, multiview }) }));
  shared.motion.value = "moves";
  show({ state: "seated", seat: "guest1", camera: "off", ...change } as Partial<GuestView>, shared);
  expect(screen.queryByText(deskTexts.pictureStill) !== null).toBe(isSaid);
});
