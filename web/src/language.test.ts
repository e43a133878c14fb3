import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as deskEnglish from "./en/desk";
import * as guestEnglish from "./en/guest";
import { firstKnown, put } from "./language";
import * as desk from "./nb/desk";
import * as guest from "./nb/guest";
import { words as guestWords } from "./pages/guest/words";
import { words as deskWords } from "./pages/switcher/words";

type Say = (...given: unknown[]) => unknown;

/** What is put into texts that want something else than numbers. */
const GIVEN: Readonly<Record<string, readonly unknown[]>> = {
  pageTitle: [2, ["3 new"]],
  keyName: ["a"],
  device: ["camera", "11"],
};
const NUMBERS = [2, 3, 5, 7, 11];

/** A constant that is a function by itself, which says nothing before it is called. */
const IS_FUNCTION =
  /^(export )?(const|let) \w+(: .*?)? =\s+(async )?(\((?:[^()]|\([^()]*\))*\)(: [^=]+)?|\w+) =>/s;

/** Every text of a catalogue by its place, with what is put into it. */
function said(catalogue: unknown, at = ""): [string, string][] {
  if (typeof catalogue === "string") return [[at, catalogue]];
  if (typeof catalogue === "function") {
    const given = GIVEN[at.slice(at.lastIndexOf(".") + 1)] ?? NUMBERS;
    const one = (catalogue as Say)(...given.map((each) => (each === 2 ? 1 : each)));
    return [...said((catalogue as Say)(...given), `${at}()`), ...said(one, `${at}(1)`)];
  }
  if (typeof catalogue === "number") return [[at, String(catalogue)]];
  return Object.entries(catalogue as object).flatMap(([key, text]) => said(text, `${at}.${key}`));
}

/** What the server says is said by itself in English: `state/server-words.test.ts`. */
const { serverTexts: _own, ...ownEnglish } = deskEnglish;
const { serverTexts: _others, ...ownDesk } = desk;

const PAGES = [
  ["guest", guestEnglish, guest],
  ["switcher", ownEnglish, ownDesk],
] as const;

describe("a translation", () => {
  it.each(PAGES)("of the %s page says everything, and nothing that is empty", (_, english, norwegian) => {
    const others = new Map(said(norwegian));
    for (const [at, text] of said(english)) {
      const other = others.get(at);
      expect(other?.trim(), at).toBeTruthy();
      const put = (line: string): string[] => [...new Set(line.match(/\d+/g))].sort();
      expect(put(other ?? ""), `${at}: ${text} / ${other}`).toEqual(put(text));
    }
    expect(others.size).toBe(said(english).length);
  });

  it.each(PAGES)("of the %s page names a button by what it reads", (_, english, norwegian) => {
    const own = new Map(said(english));
    const others = new Map(said(norwegian));
    const plain = (text?: string): string => (text ?? "").toLowerCase().replace(/[\s…:.]+$/, "");
    for (const [at, name] of own) {
      const button = at.replace(/Of\(\)$/, "");
      const read = plain(own.get(button));
      if (button === at || read === "" || !plain(name).includes(read)) continue;
      expect(plain(others.get(at)), at).toContain(plain(others.get(button)));
    }
  });

  it("is Norwegian", () => {
    const english = new Map(said(ownEnglish));
    const same = said(ownDesk).filter(
      ([at, text]) => english.get(at) === text && /[a-z]{3} [a-z]{3}/.test(text),
    );
    expect(same).toEqual([]);
  });

  it("takes the place of what was there, inside of it too", () => {
    const here = { a: "one", inner: { pair: ["x", "y"], say: () => "hello" } };
    const { inner } = here;
    put(here, { a: "en", inner: { pair: ["z", "æ"], say: () => "hei" } });
    expect([here.a, inner.pair, inner.say()]).toEqual(["en", ["z", "æ"], "hei"]);
  });
});

describe("the language", () => {
  it("is the first wish that can be had", () => {
    expect(firstKnown(["nb", "en"])).toBe("nb");
    expect(firstKnown([null, null, "de", "no-NO", "en-GB"])).toBe("nb");
    expect(firstKnown(["klingon", "nn"])).toBe("nb");
    expect(firstKnown([null, "en-US", "nb"])).toBe("en");
    expect(firstKnown([])).toBe("en");
  });

  describe("of a page", () => {
    beforeEach(() => {
      vi.resetModules();
      localStorage.clear();
      history.replaceState(null, "", "/guest_join");
      document.documentElement.lang = "en";
    });

    afterEach(() => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });

    const spoken = async (load: () => Promise<{ word: string }>) => {
      const { speak } = await import("./language");
      const { decimal } = await import("./state/format");
      expect(decimal(1.5, 1)).toBe("1.5");
      const words = { word: "" };
      await speak(words, { en: async () => ({ word: "cut" }), nb: load });
      return [words.word, decimal(1.5, 1), document.documentElement.lang];
    };

    it("is what the link says, and stays so without it", async () => {
      history.replaceState(null, "", "/guest_join?lang=nb");
      expect(await spoken(async () => ({ word: "klipp" }))).toEqual(["klipp", "1,5", "nb"]);
      history.replaceState(null, "", "/guest_join");
      vi.resetModules();
      expect(await spoken(async () => ({ word: "klipp" }))).toEqual(["klipp", "1,5", "nb"]);
    });

    it("is what the link says, or was chosen, where the browser keeps nothing", async () => {
      vi.stubGlobal("localStorage", {
        getItem: () => null,
        setItem: () => {
          throw new DOMException("full", "QuotaExceededError");
        },
      });
      vi.spyOn(location, "reload").mockImplementation(() => undefined);
      history.replaceState(null, "", "/guest_join?lang=nb");
      expect(await spoken(async () => ({ word: "klipp" }))).toEqual(["klipp", "1,5", "nb"]);
      const { changeLanguage } = await import("./language");
      changeLanguage("en");
      expect(location.search).toBe("?lang=en");
      expect(location.reload).toHaveBeenCalledOnce();
    });

    it("is English where the other one does not come", async () => {
      history.replaceState(null, "", "/guest_join?lang=nb");
      expect(await spoken(() => Promise.reject(new Error("no such chunk")))).toEqual(["cut", "1.5", "en"]);
    });
  });
});

describe("every module", () => {
  const sources = import.meta.glob<string>("./**/*.{ts,tsx}", {
    query: "?raw",
    import: "default",
    eager: true,
  });

  it.each([
    ["guest", guestWords, guestEnglish],
    ["switcher", deskWords, deskEnglish],
  ])("that the %s page has words in is filled in each language", (_, words, english) => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(english).sort());
  });

  it("with texts is among those of a page, which has them in its languages", () => {
    const modules = import.meta.glob<Record<string, unknown>>(["./texts*.ts"], { eager: true });
    const catalogues = Object.values(modules).flatMap((each) => Object.values(each));
    const known: readonly unknown[] = [guestEnglish, deskEnglish].flatMap((each) => Object.values(each));
    expect(catalogues.length).toBeGreaterThan(8);
    expect(catalogues.filter((each) => !known.includes(each))).toEqual([]);
  });

  it("keeps no text from before the language is known", () => {
    const kept = Object.entries(sources)
      .filter(([path]) => !/texts|\.test\.|api\.gen/.test(path))
      .flatMap(([path, source]) =>
        source
          .split(/\n(?=\S)/)
          .filter((statement) => /^(export )?(const|let) /.test(statement))
          // Parts of a catalogue may be named; their texts are put in their place.
          .filter((statement) => !/^const say = \w+(\.\w+)*;\s*$/.test(statement))
          .filter((statement) => /\b(say|texts|\w+Texts)\.\w/.test(statement) && !IS_FUNCTION.test(statement))
          .filter((statement) => !/Object\.keys\(/.test(statement))
          .map((statement) => `${path}: ${statement}`),
      );
    expect(kept).toEqual([]);
  });
});
