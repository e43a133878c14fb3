/** The drawers of the operator's page, of which one at a time is open. */

import type { Signal } from "@preact/signals";

export type DrawerName = "health" | "chat" | "media" | "second";

/** Which one is open; null while none is. */
export type Drawers = Signal<DrawerName | null>;

/** What a drawer's button does. */
export function toggle(drawer: Drawers, name: DrawerName): void {
  drawer.value = drawer.peek() === name ? null : name;
}
