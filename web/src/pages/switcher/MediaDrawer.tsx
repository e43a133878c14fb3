import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { MediaList, MediaView } from "../../client/types";
import { place } from "../../state/clips";
import { fileSize } from "../../state/format";
import type { Library, Upload } from "../../state/library";
import type { Operator } from "../../state/operator";
import { isCard } from "../../state/overlays";
import { mediaTexts as say } from "../../texts.media";
import { Drawer } from "../../ui/Drawer";
import { HeldButton } from "../../ui/Held";
import "../../styles/media.css";

interface MediaDrawerProps {
  operator: Operator;
  onClose: () => void;
}

/** Stills and clips that were uploaded: bring some, make sources of them, delete them. */
export function MediaDrawer({ operator, onClose }: MediaDrawerProps): JSX.Element {
  const { library, mixing } = operator;
  const isOurs = useComputed(() => mixing.value.board !== null).value;
  const sources = useComputed(() => mixing.value.board?.sources.map(({ id, url }) => id + url).join()).value;
  const overlays = useComputed(() =>
    mixing.value.board?.overlays
      .filter(isCard)
      .map(({ id, url }) => id + url)
      .join(),
  ).value;
  // Another operator's sources and overlays use media as well.
  useEffect(() => void library.load(), [sources, overlays]);
  const list = library.list.value;
  return (
    <Drawer title={say.title} onClose={onClose}>
      <div class="drawer-body">
        <AddFiles library={library} list={list} />
        <Failure library={library} of="" />
        <ul class="media-list">
          {library.uploads.value.map((upload) => (
            <UploadRow key={upload.id} upload={upload} library={library} />
          ))}
          {list?.media.map((media) => (
            <MediaRow key={media.id} media={media} library={library} isOurs={isOurs} />
          ))}
        </ul>
        {list === null && !library.failures.value.has("") ? <p class="desk-nobody">{say.loading}</p> : null}
        {list?.media.length === 0 ? <p class="desk-nobody">{say.empty}</p> : null}
      </div>
    </Drawer>
  );
}

function AddFiles({ library, list }: { library: Library; list: MediaList | null }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const over = useSignal(false);
  const send = (files: FileList | null | undefined): void => void library.send([...(files ?? [])]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same; what is dropped needs a place
    <div
      class={over.value ? "media-add media-over" : "media-add"}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        send(event.dataTransfer?.files);
      }}
    >
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept="image/*,video/*,audio/*"
        onChange={({ currentTarget }) => {
          send(currentTarget.files);
          currentTarget.value = "";
        }}
      />
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        {say.add}
      </button>
      <p>
        {say.drop}
        {list
          ? ` ${say.limits(fileSize(list.max_file_size), fileSize(list.size), fileSize(list.max_size))}`
          : ""}
      </p>
    </div>
  );
}

function Failure({ library, of }: { library: Library; of: string }): JSX.Element | null {
  const words = library.failures.value.get(of);
  if (!words) return null;
  return (
    <p class="field-error media-failure" role="alert">
      {words}
    </p>
  );
}

function UploadRow({ upload, library }: { upload: Upload; library: Library }): JSX.Element {
  const { id, name, sent, failure } = upload;
  const words =
    sent === 0
      ? say.waiting
      : sent >= upload.size
        ? say.looking
        : say.sent(fileSize(sent), fileSize(upload.size));
  return (
    <li class="media-row">
      <div class="media-picture" aria-hidden="true" />
      <div class="media-what">
        <b>{name}</b>
        {failure ? null : (
          <>
            <progress max={upload.size} value={sent} aria-label={say.progressOf(name)} />
            <span class="desk-hint">{words}</span>
          </>
        )}
      </div>
      <div class="media-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={failure ? say.dismissOf(name) : say.stopOf(name)}
          onClick={() => library.drop(id)}
        >
          {failure ? say.dismiss : say.stop}
        </button>
      </div>
      {failure ? (
        <p class="field-error media-failure" role="alert">
          {failure}
        </p>
      ) : null}
    </li>
  );
}

interface MediaRowProps {
  media: MediaView;
  library: Library;
  /** The mixer is ours, so that there are sources. */
  isOurs: boolean;
}

const isSource = ({ used_by }: MediaView): boolean => used_by.some((user) => user.startsWith("source "));

/** `source intro`, as control says it, in the page's language. */
function userOf(user: string): string {
  const [kind, id = ""] = user.split(" ");
  return kind === "source" || kind === "overlay" ? say.users[kind](id) : say.users.transition;
}

function factsOf(media: MediaView): string {
  const video = media.tracks.find(({ kind }) => kind === "video");
  const facts = [say.kinds[media.kind], fileSize(media.size)];
  if (media.duration_ms !== null) facts.splice(1, 0, place(media.duration_ms / 1000));
  if (video) facts.splice(1, 0, `${video.width}×${video.height}`);
  return facts.join(" · ");
}

function MediaRow({ media, library, isOurs }: MediaRowProps): JSX.Element {
  const { id, thumbnail, used_by } = media;
  const busy = library.busy.value.has(id);
  return (
    <li class="media-row">
      <div class="media-picture">{thumbnail ? <img src={thumbnail} alt="" loading="lazy" /> : null}</div>
      <div class="media-what">
        <b>{id}</b>
        <span class="desk-hint">{factsOf(media)}</span>
        {used_by.length > 0 ? (
          <span class="desk-hint">{say.usedBy(used_by.map(userOf).join(", "))}</span>
        ) : null}
      </div>
      <div class="media-actions">
        <HeldButton
          class="button button-small"
          aria-label={isSource(media) ? undefined : say.makeSourceOf(id)}
          why={isOurs ? isSource(media) && say.isSource : say.noMixer}
          isComing={busy}
          onClick={() => void library.makeSource(media)}
        >
          {isSource(media) ? say.isSource : say.makeSource}
        </HeldButton>
        <HeldButton
          class="button button-small button-danger"
          aria-label={say.removeOf(id)}
          busy={busy}
          onClick={() => void library.remove(id)}
        >
          {say.remove}
        </HeldButton>
      </div>
      <Failure library={library} of={id} />
    </li>
  );
}
