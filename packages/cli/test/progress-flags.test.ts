// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { toProgressMode } from "../src/progress-flags.js";
import { UsageError } from "../src/usage-error.js";

const pipe = { env: {}, output: new PassThrough() };
const terminal = { env: {}, output: Object.assign(new PassThrough(), { isTTY: true }) };

describe("toProgressMode()", () => {
  test("takes BUILDKIT_PROGRESS where no flag says otherwise", () => {
    const env = { BUILDKIT_PROGRESS: "rawjson" };
    expect(toProgressMode({ progress: "auto" }, pipe)).toBe("auto");
    expect(toProgressMode({ progress: "auto" }, { ...pipe, env })).toBe("rawjson");
    expect(toProgressMode({ progress: "plain" }, { ...pipe, env })).toBe("plain");
    expect(() =>
      toProgressMode({ progress: "auto" }, { ...pipe, env: { BUILDKIT_PROGRESS: "fancy" } }),
    ).toThrow(UsageError);
  });

  test("takes --quiet for quiet, which goes with no other mode", () => {
    expect(toProgressMode({ progress: "auto", quiet: true }, terminal)).toBe("quiet");
    expect(() => toProgressMode({ progress: "plain", quiet: true }, terminal)).toThrow(UsageError);
  });

  test("wants a terminal for tty", () => {
    expect(toProgressMode({ progress: "tty" }, terminal)).toBe("tty");
    expect(() => toProgressMode({ progress: "tty" }, pipe)).toThrow(/needs a terminal/);
  });
});
