import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { playChime } from "../client/sound";
import { bitrate } from "../state/format";
import type { Media } from "../state/media";
import { PRESETS } from "../state/presets";
import { changeSettings, settings } from "../state/settings";
import { texts } from "../texts";
import { Checkbox, type Option, Select } from "./Field";

const optionsOf = (devices: readonly MediaDeviceInfo[], kind: string): Option[] =>
  devices.map((device, index) => ({ value: device.deviceId, label: device.label || `${kind} ${index + 1}` }));

const inUse = (track: MediaStreamTrack | null, chosen: string | null): string =>
  track?.getSettings().deviceId ?? chosen ?? "";

/** Camera, microphone and speaker, each changed at once. */
export function DevicePickers({ media }: { media: Media }): JSX.Element {
  const say = texts.guest;
  const { cameras, microphones } = media.lists.value;
  return (
    <>
      <Select
        label={say.camera}
        value={inUse(media.camera.value.track, settings.value.camera)}
        options={optionsOf(cameras, say.camera)}
        empty={say.noDevice}
        onChange={(id) => void media.choose("camera", id)}
      />
      <Select
        label={say.microphone}
        value={inUse(media.microphone.value.track, settings.value.microphone)}
        options={optionsOf(microphones, say.microphone)}
        empty={say.noDevice}
        onChange={(id) => void media.choose("microphone", id)}
      />
      <SpeakerPicker media={media} />
    </>
  );
}

function SpeakerPicker({ media }: { media: Media }): JSX.Element {
  const say = texts.guest;
  const failed = useSignal(false);
  const speaker = media.speaker.value;
  const { speakers } = media.lists.value;
  const named = optionsOf(speakers, say.speaker);
  // Only some browsers list the system's default among them.
  const isDefaultListed = speakers.some(({ deviceId }) => deviceId === "default");
  const options = isDefaultListed ? named : [{ value: "", label: say.systemDefault }, ...named];
  const test = (): void => {
    failed.value = false;
    playChime(speaker).catch(() => {
      failed.value = true;
    });
  };
  return (
    <div>
      <Select
        label={say.speaker}
        value={speaker ?? ""}
        options={options}
        onChange={(id) => changeSettings({ speaker: id || null })}
      >
        <button type="button" class="button" onClick={test}>
          {say.testSpeaker}
        </button>
      </Select>
      {failed.value ? (
        <p class="field-note field-error" role="alert">
          {say.speakerFailed}
        </p>
      ) : null}
    </div>
  );
}

/** Size and bitrate of the picture, changed at once. */
export function QualityPicker({ media, most }: { media: Media; most: number }): JSX.Element {
  const options = PRESETS.map((preset) => ({
    value: preset.id,
    label: texts.guest.presetOption(preset.id, bitrate(Math.min(preset.bitrate, most))),
  }));
  return (
    <Select
      label={texts.guest.quality}
      value={settings.value.preset}
      options={options}
      onChange={(id) => void media.setPreset(id)}
    />
  );
}

/** What the browser does to the microphone's sound. */
export function ProcessingSwitches({ media }: { media: Media }): JSX.Element {
  const say = texts.guest;
  const { echoCancellation, noiseSuppression, autoGainControl } = settings.value;
  return (
    <fieldset class="fieldset">
      <legend class="field-label">{say.processing}</legend>
      <Checkbox
        label={say.echoCancellation}
        hint={say.echoHint}
        checked={echoCancellation}
        onChange={(on) => void media.setProcessing({ echoCancellation: on })}
      />
      <Checkbox
        label={say.noiseSuppression}
        checked={noiseSuppression}
        onChange={(on) => void media.setProcessing({ noiseSuppression: on })}
      />
      <Checkbox
        label={say.autoGainControl}
        checked={autoGainControl}
        onChange={(on) => void media.setProcessing({ autoGainControl: on })}
      />
    </fieldset>
  );
}
