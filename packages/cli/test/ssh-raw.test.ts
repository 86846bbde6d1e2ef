// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { toBuildOptions } from "../src/build-flags.js";
import { UsageError } from "../src/usage-error.js";

async function agents(...ssh: readonly string[]) {
  const context = { env: {}, stdin: process.stdin };
  return (await toBuildOptions(".", { ssh } as Parameters<typeof toBuildOptions>[1], context)).ssh;
}

describe("--ssh with raw=", () => {
  test("passes a socket on, whatever listens there, as buildctl does", async () => {
    expect(await agents("db=/run/db.sock,raw=true", "default")).toEqual({
      db: { rawSocket: "/run/db.sock" },
      default: {},
    });
    expect(await agents("db=raw=1,/run/db.sock")).toEqual({ db: { rawSocket: "/run/db.sock" } });
  });

  test("takes raw=false for none", async () => {
    expect(await agents("deploy=/none/key,raw=false")).toEqual({ deploy: { keyFiles: ["/none/key"] } });
  });

  test.each(["db=raw=true", "db=/a,/b,raw=true", "db=/a,raw=maybe"])("refuses %s", async (text) => {
    await expect(agents(text)).rejects.toThrow(UsageError);
  });
});
