import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { IncidentView } from "../../client/types";
import { duration, sentences, timeOf } from "../../state/format";
import { endedOf, isLostOnAir, openOf, wayOut } from "../../state/incidents";
import type { Operator } from "../../state/operator";
import type { ServerClock } from "../../state/server-clock";
import { incidentWords } from "../../state/server-words";
import { backstageTexts as say } from "../../texts.backstage";
import { deskTexts } from "../../texts.desk";
import { Drawer } from "../../ui/Drawer";
import { stays } from "../../ui/leave-focus";
import { Notice } from "../../ui/Notice";
import { CutTo } from "./CutTo";
import { useLooking } from "./use-looking";
import "../../styles/warnings.css";

interface HealthProps {
  operator: Operator;
}

/** What matters most of what is wrong, in one line of the page's head, so that nothing below moves. */
export function HealthLine({ operator, onOpen }: HealthProps & { onOpen: () => void }): JSX.Element {
  const open = openOf(operator.incidents.value);
  const [first] = open;
  const [noNews] = deskTexts.noEvents;
  const title = operator.eventsUp.value ? first && incidentWords(first).cause : noNews;
  const isBad = operator.eventsUp.value && first?.severity === "critical";
  return (
    <div {...stays} class="warnings">
      <div class="warnings-told" role="alert">
        {title ? (
          <button
            type="button"
            class={isBad ? "warnings-line warnings-bad" : "warnings-line"}
            title={title}
            onClick={onOpen}
          >
            <span class="warnings-first">{sentences(title)}</span>
            {open.length > 1 ? <span class="warnings-more">{say.more(open.length - 1)}</span> : null}
          </button>
        ) : null}
      </div>
      {first ? <WayOut operator={operator} incident={first} /> : null}
    </div>
  );
}

function WayOut({ operator, incident }: HealthProps & { incident: IncidentView }): JSX.Element | null {
  const { console, incidents, mixing } = operator;
  if (!isLostOnAir(incident)) return null;
  return <CutTo console={console} scene={wayOut(incidents.value, mixing.value)} />;
}

/** The server's time, once a second. */
function useNow(clock: ServerClock): number {
  const now = useSignal(clock.time);
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = clock.time;
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return now.value;
}

/** All that is wrong and was within the last hour, in plain words. */
export function HealthDrawer({ operator, onClose }: HealthProps & { onClose: () => void }): JSX.Element {
  const now = useNow(operator.clock);
  const open = openOf(operator.incidents.value);
  const ended = endedOf(operator.incidents.value, now);
  const [title, detail] = deskTexts.noEvents;
  const body = useLooking<HTMLDivElement>(operator.alerts, "lost", "output");
  return (
    <Drawer title={say.health} onClose={onClose}>
      <div class="drawer-body" ref={body}>
        {operator.eventsUp.value ? null : (
          <Notice tone="warn" title={title}>
            <p>{detail}</p>
          </Notice>
        )}
        <h3 class="drawer-title">{say.open}</h3>
        {open.length === 0 ? <p class="desk-nobody">{say.allWell}</p> : null}
        {open.map((incident) => (
          <Incident key={incident.id} incident={incident} now={now}>
            <WayOut operator={operator} incident={incident} />
          </Incident>
        ))}
        {ended.length > 0 ? <h3 class="drawer-title">{say.ended}</h3> : null}
        {ended.map((incident) => (
          <Incident key={incident.id} incident={incident} now={now} />
        ))}
      </div>
    </Drawer>
  );
}

interface IncidentProps {
  incident: IncidentView;
  now: number;
  children?: JSX.Element;
}

function Incident({ incident, now, children }: IncidentProps): JSX.Element {
  const { since, ended, severity } = incident;
  const { cause, done, todo } = incidentWords(incident);
  const lasted = duration((ended ? Date.parse(ended) : now) - Date.parse(since));
  const tone = ended ? "good" : severity === "critical" ? "bad" : "warn";
  return (
    <Notice tone={tone} title={sentences(cause)}>
      <p class="incident-time">{(ended ? say.from : say.since)(timeOf(new Date(since), "medium"), lasted)}</p>
      <dl class="incident">
        {done ? <Fact name={ended ? say.wasDone : say.done} words={done} /> : null}
        {todo && !ended ? <Fact name={say.todo} words={sentences(todo)} /> : null}
      </dl>
      {children}
    </Notice>
  );
}

function Fact({ name, words }: { name: string; words: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{words}</dd>
    </div>
  );
}
