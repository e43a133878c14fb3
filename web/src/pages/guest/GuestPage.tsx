import type { JSX } from "preact";
import { devicesAllowed } from "../../client/devices";
import type { Media } from "../../state/media";
import type { Phase } from "../../state/page";
import type { Stage } from "../../state/stage";
import { texts } from "../../texts";
import { LanguageMenu } from "../../ui/LanguageMenu";
import { Message } from "../../ui/Message";
import { StudioLights } from "../../ui/StudioLights";
import { Ending, Occupied } from "./Ending";
import { Inside } from "./Inside";
import { Preflight } from "./Preflight";
import { Ready } from "./Ready";
import "../../styles/guest.css";

interface GuestPageProps {
  stage: Stage;
  media: Media;
}

const productionOf = (phase: Phase): string => ("info" in phase ? phase.info.production : "");

/** Another language loads the page anew, which whoever is inside has no use for. */
const isInside = ({ kind }: Phase): boolean => kind === "inside" || kind === "joining";

/** The whole page of a guest, by phase. */
export function GuestPage({ stage, media }: GuestPageProps): JSX.Element {
  const phase = stage.phase.value;
  const production = productionOf(phase);
  return (
    <div class="guest">
      <header class="guest-head">
        <span class="brand">{texts.brand}</span>
        {production ? <span class="guest-production">{production}</span> : null}
        <StudioLights studio={stage.studio.value} />
        {isInside(phase) ? null : <LanguageMenu />}
      </header>
      <main class="guest-main">
        <Body phase={phase} stage={stage} media={media} />
      </main>
    </div>
  );
}

function Body({ phase, stage, media }: GuestPageProps & { phase: Phase }): JSX.Element {
  const [title, detail] = texts.problems.invite_unknown;
  switch (phase.kind) {
    case "loading":
      return phase.trouble ? (
        <Trouble kind={phase.trouble} />
      ) : (
        <Message tone="wait" title={texts.guest.loading} />
      );
    case "refused":
      return <Message tone="bad" title={title} detail={detail} />;
    case "ready":
    case "joining":
      return devicesAllowed() ? (
        <Ready phase={phase} stage={stage} media={media} />
      ) : (
        <Insecure url={phase.info.https_url ?? null} />
      );
    case "occupied":
      return <Occupied stage={stage} />;
    case "inside":
      return phase.guest.state === "checking" ? (
        <Preflight phase={phase} stage={stage} media={media} />
      ) : (
        <Inside phase={phase} stage={stage} media={media} />
      );
    case "ended":
      return <Ending phase={phase} stage={stage} />;
  }
}

function Trouble({ kind }: { kind: "unreachable" | "intercepted" }): JSX.Element {
  const [title, detail] = texts.status[kind];
  return <Message tone="warn" title={title} detail={detail} />;
}

function Insecure({ url }: { url: string | null }): JSX.Element {
  if (window.isSecureContext) {
    const [title, detail] = texts.problems.unsupported;
    return <Message tone="bad" title={title} detail={detail} />;
  }
  const [title, detail] = texts.problems.insecure;
  return (
    <Message tone="bad" title={title} detail={detail}>
      {url ? (
        <a class="button button-primary" href={new URL(location.pathname + location.search, url).href}>
          {texts.guest.openSecure}
        </a>
      ) : null}
    </Message>
  );
}
