/**
 * No page carries English beside the language that it speaks: what modules import as a catalogue is built as an
 * empty object, which `src/language.ts` fills before any of them runs. English itself comes as other languages do,
 * by `src/en/`.
 */

import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const EMPTY = "?spoken";
const CATALOGUE = /\/texts(\.[\w-]+)?$/;
/** Those that need the texts themselves: catalogues, and what gathers them for a page. */
const OF_A_LANGUAGE = /\/src\/(texts[^/]*|(en|nb)\/[^/]+)\.ts$/;
const NAME = /^export const (\w+)/gm;

export function languages(): Plugin {
  return {
    name: "languages",
    apply: "build",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!importer || !CATALOGUE.test(source) || OF_A_LANGUAGE.test(importer)) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && `${found.id}${EMPTY}`;
    },
    async load(id) {
      if (!id.endsWith(EMPTY)) return null;
      const source = await readFile(id.slice(0, -EMPTY.length), "utf8");
      return [...source.matchAll(NAME)].map(([, name]) => `export const ${name} = {};`).join("\n");
    },
  };
}
