import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Media } from "../state/media";
import { texts } from "../texts";
import { adviceTexts } from "../texts.checks";
import { Icon } from "./Icon";
import { LevelMeter } from "./LevelMeter";
import { Picture } from "./Picture";
import "../styles/self-view.css";

/** The guest's own picture and level, with the two buttons that matter most. */
export function SelfView({ media, sending }: { media: Media; sending: boolean }): JSX.Element {
  const say = texts.guest;
  const stream = useComputed(() => {
    const { track } = media.camera.value;
    return track ? new MediaStream([track]) : null;
  });
  const upright = useSignal(false);
  const faceTime = media.camera.value.track?.getSettings().facingMode !== "environment";
  return (
    <figure class={upright.value ? "self-view self-view-upright" : "self-view"}>
      {stream.value ? (
        <Picture
          stream={stream.value}
          label={say.preview}
          mirrored={faceTime}
          onUpright={(now) => {
            upright.value = now;
          }}
        />
      ) : (
        <p class="self-view-empty">{withoutPicture(media, sending)}</p>
      )}
      {stream.value && upright.value ? <p class="self-view-hint">{adviceTexts.sideways}</p> : null}
      <figcaption class="self-view-sound">
        <Icon name={media.muted.value ? "micOff" : "mic"} />
        {media.muted.value ? (
          <span class="self-view-muted">{say.muted}</span>
        ) : (
          <LevelMeter track={media.microphone.value.track} label={say.level} />
        )}
      </figcaption>
    </figure>
  );
}

/** Switched off, or not to be had; and what is sent instead. */
function withoutPicture(media: Media, sending: boolean): string {
  const say = texts.guest;
  const { opening, fault } = media.camera.value;
  if (opening) return say.askingDevices;
  if (fault && media.cameraOn.value) return sending ? say.cameraFails : say.cameraFailsBefore;
  return sending ? say.cameraIsOff : say.cameraIsOffBefore;
}

/** Microphone and camera, on or off. */
export function DeviceButtons({ media }: { media: Media }): JSX.Element {
  const say = texts.guest;
  const muted = media.muted.value;
  const cameraOn = media.cameraOn.value;
  return (
    <>
      <button
        type="button"
        class={muted ? "button button-tall button-off" : "button button-tall"}
        onClick={() => media.setMuted(!muted)}
      >
        <Icon name={muted ? "micOff" : "mic"} />
        {muted ? say.unmute : say.mute}
      </button>
      <button
        type="button"
        class={cameraOn ? "button button-tall" : "button button-tall button-off"}
        onClick={() => void media.setCameraOn(!cameraOn)}
      >
        <Icon name={cameraOn ? "camera" : "cameraOff"} />
        {cameraOn ? say.cameraOff : say.cameraOn}
      </button>
    </>
  );
}
