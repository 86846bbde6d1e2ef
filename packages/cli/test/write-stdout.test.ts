// SPDX-License-Identifier: Apache-2.0
import { PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { writeStdout } from "../src/write-stdout.js";

const signal = new AbortController().signal;

function failing(code: string): Writable {
  const error = Object.assign(new Error(`write ${code}`), { code });
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(error) });
  stdout.on("error", () => {});
  return stdout;
}

describe("writeStdout()", () => {
  test("writes all of it, and leaves stdout open", async () => {
    const stdout = new PassThrough().setEncoding("utf8");
    await writeStdout(["a", "b"], stdout, { signal });
    expect(stdout.read()).toBe("ab");
    expect(stdout.writableEnded).toBe(false);
  });

  test("ends in order when the reader leaves", async () => {
    const source = new Readable({ read() {} });
    source.push("x");
    await writeStdout(source, failing("EPIPE"), { signal });
    expect(source.destroyed).toBe(true);
  });

  test("rejects for a disk that is full, and with what the source failed with", async () => {
    await expect(writeStdout(["x"], failing("ENOSPC"), { signal })).rejects.toThrow("write ENOSPC");
    const source = new Readable({ read: () => void source.destroy(new Error("daemon left")) });
    await expect(writeStdout(source, new PassThrough(), { signal })).rejects.toThrow("daemon left");
  });

  test("rejects with the reason of the signal", async () => {
    const stopped = new AbortController();
    const writing = writeStdout(new Readable({ read() {} }), new PassThrough(), { signal: stopped.signal });
    stopped.abort(new Error("enough"));
    await expect(writing).rejects.toThrow("enough");
  });
});
