import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useCallback } from "preact/hooks";
import type { Commands } from "../../state/commands";
import type { Desk } from "../../state/desk";
import { dollars, gigabytes, sentences, spanOf } from "../../state/format";
import { openOf } from "../../state/incidents";
import type { Operator } from "../../state/operator";
import { texts } from "../../texts";
import { backstageTexts } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { mediaTexts } from "../../texts.media";
import { AboveDialogs } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { LanguageMenu } from "../../ui/LanguageMenu";
import { Message } from "../../ui/Message";
import { Notice } from "../../ui/Notice";
import { Reasons } from "../../ui/Reasons";
import { ChatDrawer } from "./ChatDrawer";
import { ChimeChoice, ClickForChime } from "./Chime";
import { DeletedNotices } from "./DeletedNotices";
import { type DrawerName, type Drawers, toggle } from "./drawers";
import { GuestSheets } from "./GuestSheets";
import { Lobby, Seats } from "./Guests";
import { Hands } from "./Hand";
import { HealthDrawer, HealthLine } from "./Health";
import { InviteDialog } from "./InviteDialog";
import { LostLine } from "./LostLine";
import { MediaDrawer } from "./MediaDrawer";
import { OldPage } from "./OldPage";
import { ProgramDesk } from "./ProgramDesk";
import { SecondDrawer } from "./SecondDrawer";
import { SourceSheets } from "./SourceSheets";
import { TalkChoice } from "./TalkChoice";
import "../../styles/switcher.css";

function Opening({ late }: { late: boolean }): JSX.Element {
  const [title, detail] = deskTexts.late;
  if (!late) return <Message tone="wait" title={deskTexts.loading} />;
  return <Message tone="warn" title={title} detail={detail} />;
}

/** The operator's page: who is here, how they arrive, and where they sit. */
export function SwitcherPage({ operator }: { operator: Operator }): JSX.Element {
  const isOpen = useComputed(() => operator.desk.value !== null).value;
  const [title, detail] = deskTexts.locked;
  if (operator.locked.value) return <Message tone="bad" title={title} detail={detail} />;
  if (!isOpen) return <Opening late={operator.late.value} />;
  return <Open operator={operator} />;
}

interface WithDeskProps {
  operator: Operator;
  children: (desk: Desk) => JSX.Element | null;
}

/** A part that shows the desk as it is now: what changes there draws it anew, and not the page around it. */
function WithDesk({ operator, children }: WithDeskProps): JSX.Element | null {
  const desk = operator.desk.value;
  return desk && children(desk);
}

function Open({ operator }: { operator: Operator }): JSX.Element {
  const drawer = useSignal<DrawerName | null>(null);
  const lost = useCallback(() => <LostLine operator={operator} />, [operator]);
  return (
    <AboveDialogs.Provider value={lost}>
      <div class="desk">
        <Reasons />
        <header class="desk-head">
          <h1>
            <span class="brand">{texts.brand}</span> {deskTexts.title}
          </h1>
          <WithDesk operator={operator}>
            {(desk) => (
              <>
                <HealthLine operator={operator} onOpen={() => (drawer.value = "health")} />
                <Hands operator={operator} desk={desk} />
                <ClickForChime alerts={operator.alerts} />
              </>
            )}
          </WithDesk>
          <Cost operator={operator} />
          <DrawerButtons operator={operator} drawer={drawer} />
          <Invite operator={operator} />
        </header>
        <div class="desk-errors">
          <OldPage operator={operator} />
          <DeletedNotices deleted={operator.console.deleted} />
          <Errors commands={operator.commands} />
        </div>
        <ProgramDesk operator={operator} drawer={drawer} />
        <div class="desk-main">
          <WithDesk operator={operator}>{(desk) => <Seats operator={operator} desk={desk} />}</WithDesk>
          <WithDesk operator={operator}>{(desk) => <Lobby operator={operator} desk={desk} />}</WithDesk>
        </div>
        <GuestSheets operator={operator} />
        <footer class="desk-foot">
          <ChimeChoice alerts={operator.alerts} />
          <TalkChoice talkback={operator.talkback} />
          <LanguageMenu />
        </footer>
        <OpenDrawer operator={operator} drawer={drawer} />
        <SourceSheets operator={operator} />
      </div>
    </AboveDialogs.Provider>
  );
}

function Invite({ operator }: { operator: Operator }): JSX.Element {
  const { inviting } = operator;
  const close = (): void => {
    inviting.value = null;
  };
  return (
    <>
      <button
        type="button"
        class="button button-primary"
        aria-haspopup="dialog"
        onClick={() => {
          inviting.value = { seat: null };
        }}
      >
        <Icon name="link" />
        {deskTexts.invite}
      </button>
      {inviting.value !== null ? (
        <WithDesk operator={operator}>
          {({ seats, carriers }) => (
            <InviteDialog
              operator={operator}
              seats={seats}
              carriers={carriers}
              first={inviting.value?.seat ?? null}
              onClose={close}
            />
          )}
        </WithDesk>
      ) : null}
    </>
  );
}

interface DrawerProps {
  operator: Operator;
  drawer: Drawers;
}

/** One at a time is open, and each tells how much is new in it. */
function DrawerButtons({ operator, drawer }: DrawerProps): JSX.Element {
  const say = backstageTexts;
  const problems = openOf(operator.incidents.value).length;
  const unread = operator.chat.unread.value;
  const each: readonly [DrawerName, string, number, string][] = [
    ["media", mediaTexts.title, 0, ""],
    ["chat", say.chat, unread, say.unread(unread)],
    ["health", say.health, problems, say.problems(problems)],
  ];
  return (
    <nav class="desk-drawers" aria-label={say.drawers}>
      {each.map(([name, word, count, counted]) => (
        <button
          key={name}
          type="button"
          class="button"
          aria-expanded={drawer.value === name}
          onClick={() => toggle(drawer, name)}
        >
          {word}
          {count > 0 ? (
            <span class="desk-count" title={counted}>
              {count}
            </span>
          ) : null}
        </button>
      ))}
    </nav>
  );
}

function OpenDrawer({ operator, drawer }: DrawerProps): JSX.Element | null {
  const close = (): void => {
    drawer.value = null;
  };
  switch (drawer.value) {
    case "health":
      return <HealthDrawer key="health" operator={operator} onClose={close} />;
    case "chat":
      return (
        <WithDesk key="chat" operator={operator}>
          {(desk) => <ChatDrawer operator={operator} desk={desk} onClose={close} />}
        </WithDesk>
      );
    case "second":
      return <SecondDrawer operator={operator} onClose={close} />;
    case "media":
      return <MediaDrawer operator={operator} onClose={close} />;
    default:
      return null;
  }
}

/** What Cloudflare has sent so far, in dollars; nothing where nobody can come by it. */
function Cost({ operator }: { operator: Operator }): JSX.Element | null {
  const cost = operator.cost.value;
  if (!cost) return null;
  const { since, pulled_bytes, returned_bytes, price_per_gb } = cost;
  const span = spanOf(new Date(since), new Date());
  const detail = deskTexts.costDetail(gigabytes(pulled_bytes + returned_bytes), dollars(price_per_gb));
  return (
    <p class="desk-cost" title={`${span}: ${detail}`}>
      {deskTexts.cost(dollars(cost.cost))}
    </p>
  );
}

/** Always in view: the button that failed may be far from the top of the page. */
function Errors({ commands }: { commands: Commands }): JSX.Element {
  return (
    <>
      {commands.errors.value.map((error) => (
        <Notice key={error.id} tone="bad" title={error.title} urgent>
          <p>{sentences(error.message, error.hint)}</p>
          <button type="button" class="button button-small" onClick={() => commands.dismiss(error.id)}>
            {deskTexts.dismiss}
          </button>
        </Notice>
      ))}
    </>
  );
}
