/** Lists that are made anew with every event, and mostly have the same items. */

/** The list that was, where the one that is has the same items in the same order: nothing need be drawn anew. */
export const sameList = <T>(was: readonly T[], is: readonly T[]): readonly T[] =>
  was.length === is.length && was.every((item, at) => item === is[at]) ? was : is;
