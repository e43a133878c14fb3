import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { overlaysApi } from "../../client/scenes";
import type { ScoreboardView, TimerView } from "../../client/types";
import type { Operator } from "../../state/operator";
import { isOver, nameOf, timeOf } from "../../state/overlays";
import { overlayTexts as say } from "../../texts.overlays";
import { sceneTexts } from "../../texts.scenes";
import { HeldButton } from "../../ui/Held";

/** How often a time that runs is looked at: its seconds begin when they like. */
const LOOK_MS = 200;
const MOST = 999;

/** Milliseconds since control has told of a thing, every now and then; nobody's clock has to be right for it. */
function useLater(thing: object): number {
  const told = useMemo(() => performance.now(), [thing]);
  const now = useSignal(told);
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, now.value - told);
}

/** A timer's time, as the mixer shows it, and what makes it run. */
export function TimerButtons({ timer, operator }: { timer: TimerView; operator: Operator }): JSX.Element {
  const { commands } = operator;
  const later = useLater(timer);
  const { id, running } = timer;
  const name = nameOf(timer);
  const key = `overlay-run:${id}`;
  const busy = commands.pending.value.has(key);
  const run = (work: (id: string) => Promise<unknown>) => (): void =>
    void commands.run(key, sceneTexts.overlayFailed(name), () => work(id));
  const over = isOver(timer, later);
  const atStart = !running && timer.elapsed_ms === 0;
  return (
    <div class="overlay-run">
      <output class="overlay-time" aria-label={say.now(name)} aria-live="off">
        {timeOf(timer, later)}
      </output>
      <HeldButton
        class={running && !over ? "button button-small button-active" : "button button-small"}
        aria-label={running ? say.pauseOf(name) : say.startOf(name)}
        busy={busy}
        off={over}
        title={over ? say.isOver : undefined}
        onClick={run(running ? overlaysApi.pause : overlaysApi.start)}
      >
        {running ? say.pause : say.start}
      </HeldButton>
      <HeldButton
        class="button button-small"
        aria-label={say.resetOf(name)}
        busy={busy}
        off={atStart}
        title={atStart ? say.isAtStart : undefined}
        onClick={run(overlaysApi.reset)}
      >
        {say.reset}
      </HeldButton>
    </div>
  );
}

/** Both scores, each with a point more and a point less. */
export function ScoreButtons({
  board,
  operator,
}: {
  board: ScoreboardView;
  operator: Operator;
}): JSX.Element {
  return (
    <div class="overlay-run">
      <Score side="home" board={board} operator={operator} />
      <Score side="away" board={board} operator={operator} />
    </div>
  );
}

interface ScoreProps {
  side: "home" | "away";
  board: ScoreboardView;
  operator: Operator;
}

function Score({ side, board, operator }: ScoreProps): JSX.Element {
  const { commands } = operator;
  const { name, score } = board[side];
  const called = name || say.sides[side];
  const key = `overlay-score:${board.id}:${side}`;
  const busy = commands.pending.value.has(key);
  const give = (points: number) => (): void =>
    void commands.run(key, sceneTexts.overlayFailed(nameOf(board)), () =>
      overlaysApi.score(board.id, { [side]: points }),
    );
  return (
    <span class="overlay-score">
      <span>{called}</span>
      <HeldButton
        class="button button-small"
        aria-label={say.oneLess(called)}
        busy={busy}
        off={score === 0}
        title={score === 0 ? say.isZero : undefined}
        onClick={give(-1)}
      >
        −
      </HeldButton>
      <b class="overlay-time">{score}</b>
      <HeldButton
        class="button button-small"
        aria-label={say.onePoint(called)}
        busy={busy}
        off={score === MOST}
        title={score === MOST ? say.isFull : undefined}
        onClick={give(1)}
      >
        +
      </HeldButton>
    </span>
  );
}
