import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import type { GuestView, Readiness } from "../client/types";
import { Commands } from "../state/commands";
import { guest, session, track } from "../state/samples";
import { GuestTile } from "./GuestTile";

vi.mock("./LivePicture", () => ({ LivePicture: () => null }));

const WELL: Readiness = {
  faults: [],
  checked: true,
  hears: "yes",
  limited_by: "none",
  system: "Firefox 128, Windows",
};

const show = (change: Partial<GuestView>): void =>
  void render(
    <GuestTile guest={guest(change)} commands={new Commands()} title="" way={null}>
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

it("says so also of who is seated, by what arrives and whatever their page believes", () => {
  show({ state: "seated", seat: "guest1", sessions: [session({ tracks: [track()] })], readiness: WELL });
  expect(screen.getByText("Not ready: no sound arrives")).toBeTruthy();
});

it("says nothing of who has no page", () => {
  show({});
  expect(screen.queryByText("Ready")).toBeNull();
});
