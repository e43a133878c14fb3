/** A page that the browser may not close, or load anew, without asking. */

const ask = (event: Event): void => event.preventDefault();

/** Have the browser ask, or ask no more. Only while it is needed: Firefox does not keep a page that listens for going back. */
export function askBeforeUnload(isWanted: boolean): void {
  if (isWanted) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}
