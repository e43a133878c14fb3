import { useSignal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
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

/** Writes a timer's time outside the component tree while it runs; nobody's clock has to be right for it. */
function useTime(timer: TimerView): { time: RefObject<HTMLOutputElement | null>; over: boolean } {
  const time = useRef<HTMLOutputElement>(null);
  const over = useSignal(false);
  useLayoutEffect(() => {
    const told = performance.now();
    const look = (): void => {
      const later = performance.now() - told;
      const shown = timeOf(timer, later);
      if (time.current && time.current.textContent !== shown) time.current.textContent = shown;
      over.value = isOver(timer, later);
    };
    look();
    if (!timer.running) return;
    const interval = setInterval(look, LOOK_MS);
    return () => clearInterval(interval);
  }, [timer]);
  return { time, over: over.value };
}

/** A timer's time, as the mixer shows it, and what makes it run. */
export function TimerButtons({ timer, operator }: { timer: TimerView; operator: Operator }): JSX.Element {
  const { commands } = operator;
  const { time, over } = useTime(timer);
  const { id, running } = timer;
  const name = nameOf(timer);
  const key = `overlay-run:${id}`;
  const busy = commands.pending.value.has(key);
  const run = (work: (id: string) => Promise<unknown>) => (): void =>
    void commands.run(key, sceneTexts.overlayFailed(name), () => work(id));
  const atStart = !running && timer.elapsed_ms === 0;
  return (
    <div class="overlay-run">
      <output class="overlay-time" ref={time} aria-label={say.now(name)} aria-live="off" />
      <HeldButton
        class={running && !over ? "button button-small button-active" : "button button-small"}
        aria-label={running ? say.pauseOf(name) : say.startOf(name)}
        busy={busy}
        why={over && say.isOver}
        onClick={run(running ? overlaysApi.pause : overlaysApi.start)}
      >
        {running ? say.pause : say.start}
      </HeldButton>
      <HeldButton
        class="button button-small"
        aria-label={say.resetOf(name)}
        busy={busy}
        why={atStart && say.isAtStart}
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
        why={score === 0 && say.isZero}
        onClick={give(-1)}
      >
        −
      </HeldButton>
      <b class="overlay-time">{score}</b>
      <HeldButton
        class="button button-small"
        aria-label={say.onePoint(called)}
        busy={busy}
        why={score === MOST && say.isFull}
        onClick={give(1)}
      >
        +
      </HeldButton>
    </span>
  );
}
