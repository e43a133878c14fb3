/** What of a build a page has loaded. */

import type { Rolldown } from "vite";

export type Bundle = Rolldown.OutputBundle;

const LANGUAGE = /\/src\/(en|nb)\/\w+\.ts$/;

/** The language that a chunk brings; undefined where it is none. */
export function languageOf(bundle: Bundle, name: string): string | undefined {
  const found = bundle[name];
  return found?.type === "chunk" ? LANGUAGE.exec(found.facadeModuleId ?? "")?.[1] : undefined;
}

/** These files, and the scripts and styles without which they do not run. */
export function needs(bundle: Bundle, names: Iterable<string>): Set<string> {
  const files = new Set<string>();
  const add = (name: string): void => {
    const found = bundle[name];
    if (!found || files.has(name)) return;
    files.add(name);
    if (found.type !== "chunk") return;
    for (const needed of [...found.imports, ...(found.viteMetadata?.importedCss ?? [])]) add(needed);
  };
  for (const name of names) add(name);
  return files;
}
