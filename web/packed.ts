/** Puts a compressed copy beside each script and style, which the server sends to whoever takes it. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Plugin } from "vite";

const WORTH_IT = /\.(js|css)$/;

export function packed(): Plugin {
  return {
    name: "packed",
    // Only what was written is as it will be served.
    async writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => WORTH_IT.test(each))) {
        const file = join(dir ?? "", name);
        await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }));
      }
    },
  };
}
