/** Norwegian: the second canvas. */

import type { Translated } from "../language";
import type { canvasTexts as english } from "../texts.canvas";

export const canvasTexts: Translated<typeof english> = {
  title: "Andre lerret",
  canvas: "Lerret",
  edited: "Lerretet som ordnes",
  names: { program: "Program", second: "Andre lerret" },
  size: (width, height) => `${width} × ${height}`,
  opening: "Starter det andre lerretet …",
  failed: "Ikke noe bilde av det andre lerretet akkurat nå. Prøver igjen.",
  follows: "Det viser det samme som program, klippet på samme bilde, med samme lyd.",
  automatic: "Automatisk",
  automaticHint: "Mikseren ordner bildene i scenen slik at hvert av dem ses helt. Vist slik den er lagret.",
  own: "Ordnet for hånd",
  arrange: "Ordne for hånd",
  toAutomatic: "Tilbake til automatisk",
};
