import { effect, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { arrivingOf, sessionOf } from "../../state/arrival";
import { CHECKS, type Check, type Fault, type Finding } from "../../state/checks";
import type { Media } from "../../state/media";
import type { Inside, Refusal } from "../../state/page";
import { keepPassed } from "../../state/passed";
import { Preflight as Checking, LINE_SECONDS } from "../../state/preflight";
import { wordsOf } from "../../state/refusals";
import type { Stage } from "../../state/stage";
import { checkTexts } from "../../texts.checks";
import { DevicePickers, QualityPicker } from "../../ui/DevicePickers";
import { HeldButton } from "../../ui/Held";
import { stays, useLeaveFocus } from "../../ui/leave-focus";
import { Notice } from "../../ui/Notice";
import { DeviceButtons, SelfView } from "../../ui/SelfView";
import "../../styles/preflight.css";

const say = checkTexts;

interface PreflightProps {
  phase: Inside;
  stage: Stage;
  media: Media;
}

/** The checks: what is found, the one thing to mend, and the way in all the same. */
export function Preflight({ phase, stage, media }: PreflightProps): JSX.Element {
  const checking = useChecking(stage, media);
  const verdict = checking.complete.value ? checking.verdict.value : null;
  const entering = stage.entering.value;
  return (
    <>
      <h1 class="guest-title">{say.title}</h1>
      <div class="preflight">
        <div class="guest-column">
          <SelfView media={media} sending />
          <div class="guest-buttons">
            <DeviceButtons media={media} />
          </div>
        </div>
        <section class="card preflight-card">
          {checking.complete.value ? (
            <Verdict fault={verdict} />
          ) : (
            <p>
              {say.lead} <strong>{say.unseen}</strong>
            </p>
          )}
          <div class="preflight-actions">
            {checking.complete.value ? (
              <button type="button" class="button" onClick={() => checking.start()}>
                {say.again}
              </button>
            ) : null}
            <HeldButton
              class="button button-primary"
              busy={entering !== null}
              onClick={() => void stage.enter()}
            >
              {entering ? say.entering : say.anyway}
            </HeldButton>
          </div>
          {entering?.problem ? <NotYet problem={entering.problem} /> : null}
          <ul {...stays} class="preflight-list" aria-label={say.list}>
            {CHECKS.map((check) => (
              <Row key={check} check={check} checking={checking} />
            ))}
          </ul>
        </section>
        {verdict ? (
          <div class="card guest-devices">
            <DevicePickers media={media} />
            <QualityPicker media={media} most={phase.info.max_bitrate} />
          </div>
        ) : null}
      </div>
    </>
  );
}

/** The checks of this visit, running while the page shows them. */
function useChecking(stage: Stage, media: Media): Checking {
  const arrives = useComputed(() => {
    const phase = stage.phase.value;
    return arrivingOf(phase.kind === "inside" ? sessionOf(phase.guest, "camera") : undefined);
  });
  const checking = useMemo(
    () =>
      new Checking(media, stage.line, arrives, () => {
        keepPassed(media);
        void stage.enter();
      }),
    [stage, media],
  );
  useEffect(() => {
    checking.start();
    const end = effect(() => {
      stage.readiness.findings.value = checking.findings.value;
    });
    return () => {
      end();
      checking.stop();
    };
  }, [checking]);
  return checking;
}

function Row({ check, checking }: { check: Check; checking: Checking }): JSX.Element {
  const finding = checking.findings.value[check];
  return (
    <li class={`preflight-row preflight-${finding.state}`}>
      <span class="preflight-name">{say.names[check]}</span>
      <span class="preflight-state">{wordOf(check, finding, checking.seconds.value)}</span>
      {finding.state === "asked" ? <Heard checking={checking} /> : null}
    </li>
  );
}

/** Only the guest can say whether the notes were heard. */
function Heard({ checking }: { checking: Checking }): JSX.Element {
  return (
    <span class="preflight-answers">
      <Answer word={say.heard} onClick={() => checking.answer(true)} />
      <Answer word={say.heardNothing} onClick={() => checking.answer(false)} />
    </span>
  );
}

function Answer({ word, onClick }: { word: string; onClick: () => void }): JSX.Element {
  const own = useLeaveFocus<HTMLButtonElement>();
  return (
    <button ref={own} type="button" class="button button-small" onClick={onClick}>
      {word}
    </button>
  );
}

function wordOf(check: Check, finding: Finding, seconds: number): string {
  if (check === "microphone" && finding.state === "running") return say.listening;
  if (check === "line" && finding.state === "running") return say.measuring(seconds, LINE_SECONDS);
  if (finding.state === "asked") return say.notes;
  return say.states[finding.state];
}

/** Why the way in is not open at the moment. */
function NotYet({ problem }: { problem: Refusal }): JSX.Element {
  const [title] = wordsOf(problem);
  return (
    <Notice tone="warn" title={title} urgent>
      <p>{say.keepsTrying}</p>
    </Notice>
  );
}

function Verdict({ fault }: { fault: Fault | null }): JSX.Element {
  const [title, detail] = fault ? say.faults[fault] : say.well;
  return (
    <Notice tone={fault ? "warn" : "good"} title={title} urgent={fault !== null}>
      <p>{detail}</p>
    </Notice>
  );
}
