/** How much a page may weigh: a build that goes beyond fails. */

import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** The scripts and styles that a page has loaded before it can be used. */
export function filesOf(bundle: Bundle, page: string): Set<string> {
  const files = new Set<string>();
  const add = (name: string): void => {
    const found = bundle[name];
    if (!found || files.has(name)) return;
    files.add(name);
    if (found.type !== "chunk") return;
    for (const needed of [...found.imports, ...(found.viteMetadata?.importedCss ?? [])]) add(needed);
  };
  for (const each of Object.values(bundle))
    if (each.type === "chunk" && each.isEntry && each.facadeModuleId?.endsWith(page)) add(each.fileName);
  return files;
}

/** Fail where scripts and styles of a page take more than so many bytes, compressed as they are sent. */
export function budget(page: string, most: number): Plugin {
  return {
    name: "budget",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = filesOf(bundle, page);
      if (files.size === 0) this.error(`there is no ${page} to weigh`);
      let sum = 0;
      for (const name of files) {
        const found = bundle[name];
        const content = found?.type === "chunk" ? found.code : (found?.source ?? "");
        sum += gzipSync(content).length;
      }
      if (sum > most) this.error(`${page} takes ${sum} bytes compressed, and may take ${most}`);
      this.info(`${page} takes ${sum} bytes compressed`);
    },
  };
}
