import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OLD_MS, type Thumbnails } from "../client/thumbnails";
import { Thumbnail } from "./Thumbnail";

beforeEach(() => {
  vi.useFakeTimers();
  let made = 0;
  vi.stubGlobal("URL", { createObjectURL: () => `blob:${++made}`, revokeObjectURL: () => undefined });
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private readonly tell: (entries: { isIntersecting: boolean }[]) => void) {}
      observe(): void {
        this.tell([{ isIntersecting: true }]);
      }
      disconnect(): void {
        // It has nothing that would go on.
      }
    },
  );
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A scene's thumbnail; what is returned has a picture of it come. */
async function shown(): Promise<() => Promise<void>> {
  let show: ((picture: Blob) => void) | undefined;
  const thumbnails = {
    watch: (_: string, to: (picture: Blob) => void) => {
      show = to;
      return () => undefined;
    },
  } as Partial<Thumbnails> as Thumbnails;
  await act(() => void render(<Thumbnail scene="two" thumbnails={thumbnails} ready={true} />));
  return () => act(() => show?.(new Blob(["picture"])));
}

const wait = (ms: number): Promise<void> => act(() => void vi.advanceTimersByTime(ms));
const isOld = (): boolean => screen.queryByText("Picture is old") !== null;

it("says of a picture in whose place none has come for six seconds that it is old", async () => {
  const come = await shown();
  await wait(OLD_MS);
  expect(isOld()).toBe(false);
  await come();
  await wait(OLD_MS - 1);
  await come();
  await wait(OLD_MS - 1);
  expect(isOld()).toBe(false);
  await wait(1);
  expect(isOld()).toBe(true);
  await come();
  expect(isOld()).toBe(false);
});
