/** What devices are called between a guest's page and the operators', who ask for them by name. */

import type { OwnDevices } from "../client/types";

/** The names of devices, so that each has its own: of equal ones all but the first are numbered. */
export function numbered(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    const plain = label.trim();
    let name = plain;
    for (let count = 2; plain !== "" && taken.has(name.toLowerCase()); count += 1)
      name = `${plain} (${count})`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Which device is meant before it is asked for: what was chosen while it is there, else what is in use. */
export function meantOf({ names, now }: OwnDevices["camera"], chosen: string | null): string {
  const wishes = [chosen, now, names[0]];
  return wishes.find((name) => typeof name === "string" && names.includes(name)) ?? "";
}
