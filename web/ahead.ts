/** What a page begins with after its language is loaded with it, and not after it. */

import type { HtmlTagDescriptor, Plugin } from "vite";
import { languageOf, needs } from "./bundle.ts";

/** Name the files of a page in its head that its first script imports once it knows the language. */
export function ahead(): Plugin {
  return {
    name: "ahead",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle, chunk }) {
        if (!bundle || !chunk) return [];
        const first = needs(bundle, [chunk.fileName]);
        const later = needs(
          bundle,
          chunk.dynamicImports.filter((name) => !languageOf(bundle, name)),
        );
        return [...later].filter((name) => !first.has(name)).map(tag);
      },
    },
  };
}

function tag(name: string): HtmlTagDescriptor {
  const rel = name.endsWith(".css") ? "stylesheet" : "modulepreload";
  return { tag: "link", attrs: { rel, crossorigin: true, href: `/${name}` }, injectTo: "head" };
}
