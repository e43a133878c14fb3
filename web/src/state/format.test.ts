import { describe, expect, it } from "vitest";
import { bitrate, clock, dollars, duration, gigabytes, offset, sentences, size } from "./format";

describe("sentences", () => {
  it("ends what is open and leaves out what is empty", () => {
    expect(sentences("nothing listens there", "Start the server.")).toBe(
      "Nothing listens there. Start the server.",
    );
    expect(sentences("Is it on?", "")).toBe("Is it on?");
  });
});

describe("figures", () => {
  it("have their units", () => {
    expect(bitrate(999_400)).toBe("999 kbit/s");
    expect(bitrate(1_000_000)).toBe("1.0 Mbit/s");
    expect([dollars(0), dollars(0.004), dollars(0.5173), dollars(12)]).toEqual([
      "$0.00",
      "less than $0.01",
      "$0.52",
      "$12.00",
    ]);
    expect([gigabytes(0), gigabytes(1_234_000_000), gigabytes(10_345_678_901)]).toEqual([
      "0.00 GB",
      "1.23 GB",
      "10.3 GB",
    ]);
    expect([size(0), size(12_400_000), size(999_900_000), size(1_234_000_000)]).toEqual([
      "0 MB",
      "12 MB",
      "1.00 GB",
      "1.23 GB",
    ]);
    expect([clock(5999), clock(61_000), clock(45_296_000), clock(-5)]).toEqual([
      "0:00:05",
      "0:01:01",
      "12:34:56",
      "0:00:00",
    ]);
    expect([offset(12.4), offset(0), offset(-7.6)]).toEqual(["+12 ms", "0 ms", "−8 ms"]);
    expect([duration(42_000), duration(180_000), duration(7_200_000), duration(-5)]).toEqual([
      "42 s",
      "3 min",
      "2 h",
      "0 s",
    ]);
  });
});
