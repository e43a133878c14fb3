/** How much a page may weigh: a build that goes beyond fails. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { type Bundle, languageOf, needs } from "./bundle.ts";

/** By language, the scripts and styles that a page loads: all of them, also those that it asks for later. */
export function filesOf(bundle: Bundle, page: string): Map<string, Set<string>> {
  const entry = Object.values(bundle).find(
    (each) => each.type === "chunk" && each.isEntry && each.facadeModuleId?.endsWith(page),
  );
  const byLanguage = new Map<string, Set<string>>();
  if (!entry) return byLanguage;
  const files = new Set<string>();
  const spoken = new Set<string>();
  const add = (names: Iterable<string>): void => {
    for (const name of needs(bundle, names)) {
      const found = bundle[name];
      if (files.has(name)) continue;
      files.add(name);
      if (found?.type !== "chunk") continue;
      for (const each of found.dynamicImports) {
        if (languageOf(bundle, each)) spoken.add(each);
        else add([each]);
      }
    }
  };
  add([entry.fileName]);
  for (const name of spoken)
    byLanguage.set(languageOf(bundle, name) ?? "", new Set([...files, ...needs(bundle, [name])]));
  return byLanguage;
}

async function weigh(dir: string, files: Iterable<string>): Promise<number> {
  let sum = 0;
  for (const name of files) sum += gzipSync(await readFile(join(dir, name)), { level: 9 }).length;
  return sum;
}

/** Fail where a page takes more than so many bytes in any language, compressed as they are sent. */
export function budget(page: string, most: number): Plugin {
  return {
    name: "budget",
    enforce: "post",
    // Only what was written is as it will be served.
    async writeBundle({ dir }, bundle) {
      const languages = filesOf(bundle, page);
      if (languages.size < 2) this.error(`there is no ${page} with its languages to weigh`);
      for (const [language, files] of languages) {
        const sum = await weigh(dir ?? "", files);
        if (sum > most)
          this.error(`${page} takes ${sum} bytes compressed in ${language}, and may take ${most}`);
        this.info(`${page} takes ${sum} bytes compressed in ${language}`);
      }
    },
  };
}
