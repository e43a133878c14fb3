import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it } from "vitest";
import { Media } from "../state/media";
import { changeSettings, DEFAULTS, settings } from "../state/settings";
import { texts } from "../texts";
import { DevicePickers } from "./DevicePickers";

const say = texts.guest;

/** The picker of speakers, where there are these. */
function pickerOf(...ids: string[]): HTMLSelectElement {
  const media = new Media();
  const speakers = ids.map((deviceId) => ({ deviceId, label: `The ${deviceId}` }) as MediaDeviceInfo);
  media.lists.value = { ...media.lists.value, speakers };
  render(<DevicePickers media={media} />);
  return screen.getByLabelText<HTMLSelectElement>(say.speaker);
}

const shown = (picker: HTMLSelectElement): string | undefined => picker.selectedOptions[0]?.textContent;

afterEach(() => {
  cleanup();
  changeSettings(DEFAULTS);
});

it("shows the system's default while the chosen speaker is gone, and lets every other one be chosen", () => {
  changeSettings({ speaker: "phones" });
  const picker = pickerOf("room", "screen");
  expect(shown(picker)).toBe(say.systemDefault);
  fireEvent.change(picker, { target: { value: "room" } });
  expect(settings.value.speaker).toBe("room");
});

it("goes back to the system's default", () => {
  changeSettings({ speaker: "room" });
  const picker = pickerOf("room");
  expect(shown(picker)).toBe("The room");
  fireEvent.change(picker, { target: { value: "" } });
  expect(settings.value.speaker).toBeNull();
});

it("shows the browser's own entry for the default where there is one", () => {
  changeSettings({ speaker: "phones" });
  const picker = pickerOf("default", "room");
  expect([shown(picker), picker.options.length]).toEqual(["The default", 2]);
});
