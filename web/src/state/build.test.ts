import { describe, expect, it, vi } from "vitest";
import { Keeping } from "../client/keeping";
import { Build } from "./build";

function page(own: string, keeps = true) {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (!keeps) throw new Error("full");
      stored.set(key, value);
    },
  } as unknown as Storage;
  const reload = vi.fn();
  return { build: new Build(own, reload, new Keeping(() => storage)), reload };
}

describe("Build", () => {
  it("is old once the server serves another one", () => {
    const { build } = page("a");
    build.hear("a");
    expect(build.isOld.value).toBe(false);
    build.hear("b");
    expect(build.isOld.value).toBe(true);
    build.hear("a");
    expect(build.isOld.value).toBe(false);
  });

  it("is not old where the server or the page names none", () => {
    const { build } = page("");
    build.hear("b");
    expect(build.isOld.value).toBe(false);
    const served = page("a").build;
    served.hear("");
    expect(served.isOld.value).toBe(false);
  });

  it("reloads by itself once for each build", () => {
    const { build, reload } = page("a");
    build.reloadOnce();
    expect(reload).not.toHaveBeenCalled();
    build.hear("b");
    build.reloadOnce();
    build.reloadOnce();
    expect(reload).toHaveBeenCalledTimes(1);
    build.hear("c");
    build.reloadOnce();
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it("does not reload by itself where the browser would not remember that", () => {
    const { build, reload } = page("a", false);
    build.hear("b");
    build.reloadOnce();
    expect(reload).not.toHaveBeenCalled();
  });

  it("reads its own from the page", () => {
    document.head.innerHTML = '<meta name="stagedoor-build" content="x">';
    const build = new Build();
    build.hear("y");
    expect(build.isOld.value).toBe(true);
    document.head.innerHTML = "";
  });
});
