// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseCacheFilter } from "../src/cache-filter.js";
import { formatAge, formatBytes, formatDuration, formatTable } from "../src/format.js";
import { parseDuration, parseSize } from "../src/quantity.js";
import { UsageError } from "../src/usage-error.js";

describe("sizes and times", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_500, "1.5 kB"],
    [999_600, "1 MB"],
    [12_000_000, "12 MB"],
    [123_456_789_000, "123 GB"],
  ])("shows %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [950, "950 ms"],
    [12_345, "12.3 s"],
    [245_000, "4 min 5 s"],
    [10_920_000, "3 h 2 min"],
    [200_000_000, "2 days"],
  ])("shows %d ms as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test("shows how long ago a time was, and nothing for none", () => {
    expect(formatAge(new Date(1_000), 61_500)).toBe("1 min 0 s ago");
    expect(formatAge(undefined)).toBe("");
  });

  test("reads sizes as Docker does, and durations as Go does", () => {
    expect(["512", "512MB", "10g", "1.5GiB"].map((text) => parseSize("--x", text))).toEqual([
      512, 536_870_912, 10_737_418_240, 1_610_612_736,
    ]);
    expect(["24h", "1h30m", "2d", "500ms"].map((text) => parseDuration("--x", text))).toEqual([
      86_400_000, 5_400_000, 172_800_000, 500,
    ]);
    for (const text of ["", "24", "h", "1h x"]) expect(() => parseDuration("--x", text)).toThrow(UsageError);
    for (const text of ["", "-1", "5 parsecs"]) expect(() => parseSize("--x", text)).toThrow(UsageError);
  });

  test("aligns columns", () => {
    expect(
      formatTable(
        ["NAME", ">SIZE"],
        [
          ["a", "10 B"],
          ["long name", "1 B"],
        ],
      ),
    ).toBe("NAME       SIZE\na          10 B\nlong name   1 B\n");
  });
});

describe("parseCacheFilter()", () => {
  test("joins what must all hold, as buildx does", () => {
    expect(parseCacheFilter(["type=regular", "id=abc", "description~=RUN npm", "until=24h"])).toEqual({
      filter: ['type==regular,id~=abc,description~="RUN npm"'],
      usedBeforeMs: 86_400_000,
    });
    expect(parseCacheFilter(["inuse", "type!=frontend"])).toMatchObject({ filter: ["inuse,type!=frontend"] });
    expect(parseCacheFilter([])).toEqual({ filter: [], usedBeforeMs: undefined });
    expect(parseCacheFilter(["unused-for=1h"])).toEqual({ filter: [], usedBeforeMs: 3_600_000 });
  });

  test.each([
    ["no key", ["=x"]],
    ["an operator that there is not", ["type~regular"]],
    ["two times, of which one would be passed over", ["until=240h", "until=1h"]],
    ["one time in two ways", ["until=240h", "unused-for=1h"]],
    ["the opposite of a time", ["until!=24h"]],
    ["a time that is compared", ["until==24h"]],
    ["a time without a value", ["until"]],
  ])("refuses %s", (_, texts) => {
    expect(() => parseCacheFilter(texts)).toThrow(UsageError);
  });
});
