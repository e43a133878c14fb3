import { describe, expect, it } from "vitest";
import { croppedAt, isSameFraming, panned, shownRectOf, WHOLE, zoomedTo } from "./framing";

const near = (values: object): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expect.closeTo(value, 6)]));

describe("what is shown of a source", () => {
  it("is what the mixer shows", () => {
    const half = { ...WHOLE, crop: { left: 0.5, top: 0, right: 0, bottom: 0 } };
    const rows = [
      [WHOLE, { x: 0, y: 0, width: 1, height: 1 }],
      [zoomedTo(WHOLE, 2), { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }],
      [
        { ...WHOLE, zoom: 2, offset: { x: 1, y: 0.1 } },
        { x: 0.5, y: 0.35, width: 0.5, height: 0.5 },
      ],
      [
        { ...half, zoom: 2, offset: { x: -1, y: 0 } },
        { x: 0.5, y: 0.25, width: 0.25, height: 0.5 },
      ],
    ] as const;
    for (const [framing, shown] of rows) expect(shownRectOf(framing)).toEqual(near(shown));
  });
});

describe("a framing under a hand", () => {
  it("is cropped within the picture, and never to nothing", () => {
    expect(croppedAt(WHOLE, "nw", 0.2, 0.1).crop).toEqual({ left: 0.2, top: 0.1, right: 0, bottom: 0 });
    expect(croppedAt(WHOLE, "e", -0.3, 0.5).crop).toEqual({ left: 0, top: 0, right: 0.3, bottom: 0 });
    expect(croppedAt(WHOLE, "w", -0.5, 0).crop).toEqual(WHOLE.crop);
    expect(croppedAt(WHOLE, "w", 5, 0).crop.left).toBeLessThan(1);
  });

  it("is moved no further than there is picture", () => {
    const near = zoomedTo(WHOLE, 2);
    expect(panned(near, 0.1, -0.05).offset).toEqual({ x: 0.1, y: -0.05 });
    expect(panned(near, 9, -9).offset).toEqual({ x: 0.25, y: -0.25 });
    expect(panned(WHOLE, 0.5, 0.5).offset).toEqual({ x: 0, y: 0 });
    const narrow = zoomedTo(croppedAt(WHOLE, "e", -0.5, 0), 2);
    expect(panned(narrow, 0.1, 0.1).offset).toEqual({ x: 0.2, y: 0.1 });
  });

  it("is enlarged within what the server takes, and its part stays in it", () => {
    expect(zoomedTo(WHOLE, 99).zoom).toBe(16);
    const far = panned(zoomedTo(WHOLE, 4), 1, 1);
    expect(zoomedTo(far, 0.5)).toEqual(WHOLE);
    expect(isSameFraming(zoomedTo(far, 0.5), WHOLE)).toBe(true);
    expect(isSameFraming(far, WHOLE)).toBe(false);
  });
});
