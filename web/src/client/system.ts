/** Which browser this is and what it runs on, in words that whoever helps a guest can use. */

/** The more particular first: most name several others beside themselves. */
const BROWSERS: readonly (readonly [name: string, mark: RegExp])[] = [
  ["Edge", /\bEdg(?:A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Samsung Internet", /\bSamsungBrowser\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//],
];

const MACHINES: readonly (readonly [name: string, mark: RegExp])[] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Mac", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

/**
 * Such as `Firefox 128, Windows`; what is not known is left out.
 *
 * @param agent What the browser calls itself.
 * @param touchPoints How many fingers it feels: an iPad calls itself a Mac, and no Mac feels any.
 */
export function systemOf(agent: string, touchPoints: number): string {
  const browser = BROWSERS.map(([name, mark]) => [name, mark.exec(agent)?.[1]] as const).find(
    ([, version]) => version !== undefined,
  );
  const found = MACHINES.find(([, mark]) => mark.test(agent))?.[0];
  const machine = found === "Mac" && touchPoints > 1 ? "iPad" : found;
  return [browser?.join(" "), machine].filter((part) => part !== undefined).join(", ");
}
