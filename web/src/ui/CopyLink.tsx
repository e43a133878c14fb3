import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { InviteView } from "../client/types";
import { deskTexts } from "../texts.desk";
import { Icon } from "./Icon";
import "../styles/copy-link.css";

/** A link to give away: to copy, or to scan. */
export function CopyLink({ invite }: { invite: InviteView }): JSX.Element {
  const say = deskTexts;
  const field = useRef<HTMLInputElement>(null);
  const copied = useSignal<boolean | null>(null);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(invite.url);
      copied.value = true;
    } catch {
      copied.value = false;
    }
  };
  return (
    <div class="copy-link">
      <QrCode svg={invite.qr_svg} />
      <div class="copy-link-row">
        <input ref={field} class="field-input" readOnly value={invite.url} aria-label={say.inviteLink} />
        <button type="button" class="button button-primary" onClick={() => void copy()}>
          <Icon name="copy" />
          {copied.value ? say.inviteCopied : say.inviteCopy}
        </button>
      </div>
      {copied.value === false ? (
        <p class="field-note field-error" role="alert">
          {say.copyFailed}
        </p>
      ) : null}
    </div>
  );
}

function QrCode({ svg }: { svg: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { documentElement } = new DOMParser().parseFromString(svg, "image/svg+xml");
    box.current?.replaceChildren(documentElement);
  }, [svg]);
  return <div class="copy-link-qr" ref={box} role="img" aria-label={deskTexts.inviteQr} />;
}
