// SPDX-License-Identifier: Apache-2.0
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetSecretRequestSchema, GetSecretResponseSchema } from "@bk/proto/secrets";
import { leakCheck, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { checkSecret, createSecrets, type SecretSource } from "../../src/index.js";
import { deferred } from "../helpers/deferred.js";
import { openSessionPair, type SessionPair } from "../helpers/session-pair.js";

const MAX_BYTES = 500 * 1024;

function openPair(secrets: Readonly<Record<string, SecretSource>>, env = {}): Promise<SessionPair> {
  return openSessionPair(createSecrets({ secrets: new Map(Object.entries(secrets)), env }));
}

async function ask({ peer }: SessionPair, id: string): Promise<string> {
  const path = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
  const { data } = await peer.unary(path, GetSecretRequestSchema, { id }, GetSecretResponseSchema);
  return Buffer.from(data).toString();
}

describe("createSecrets()", () => {
  leakCheck();

  test("gives secrets from files, the environment, values and callbacks", async () => {
    await using dir = await tmpDir();
    const file = join(dir.path, "token");
    await writeFile(file, "from a file\n");
    await using pair = await openPair(
      {
        file: { file },
        env: { env: "TOKEN" },
        text: { value: "from text" },
        bytes: { value: Buffer.from("from bytes") },
        callback: async (id) => Buffer.from(`asked for ${id}`),
      },
      { TOKEN: "from the environment" },
    );

    await expect(ask(pair, "file")).resolves.toBe("from a file\n");
    await expect(ask(pair, "env")).resolves.toBe("from the environment");
    await expect(ask(pair, "text")).resolves.toBe("from text");
    await expect(ask(pair, "bytes")).resolves.toBe("from bytes");
    await expect(ask(pair, "callback")).resolves.toBe("asked for callback");
  });

  test("reads a file anew each time", async () => {
    await using dir = await tmpDir();
    const file = join(dir.path, "token");
    await writeFile(file, "old");
    await using pair = await openPair({ token: { file } });
    await ask(pair, "token");
    await writeFile(file, "new");

    await expect(ask(pair, "token")).resolves.toBe("new");
  });

  test("says not found for an id that is not declared, and goes on", async () => {
    // The environment and the disk have one of that name, which must not matter.
    await using pair = await openPair({ known: { value: "v" } }, { HOME: "/root" });

    await expect(ask(pair, "HOME")).rejects.toMatchObject({ status: { code: 5 } });
    await expect(ask(pair, "../etc/passwd")).rejects.toMatchObject({ status: { code: 5 } });

    await expect(ask(pair, "known")).resolves.toBe("v");
    expect(pair.failures).toEqual([]);
  });

  test("fails the session for a file that is gone, naming id and file", async () => {
    await using pair = await openPair({ npm: { file: "/nonexistent/.npmrc" } });

    await expect(ask(pair, "npm")).rejects.toMatchObject({ status: { code: 2 } });

    expect(pair.failures).toMatchObject([
      {
        code: "BK_SECRET_FAILED",
        message:
          'Cannot get the secret "npm": its file /nonexistent/.npmrc cannot be used: it does not exist',
      },
    ]);
  });

  test.each([
    { name: "at the limit", size: MAX_BYTES, passes: true },
    { name: "one byte above it", size: MAX_BYTES + 1, passes: false },
  ])("limits secrets $name", async ({ size, passes }) => {
    await using dir = await tmpDir();
    const file = join(dir.path, "big");
    await writeFile(file, "");
    await truncate(file, size);
    await using pair = await openPair({ file: { file }, callback: async () => new Uint8Array(size) });

    for (const id of ["file", "callback"]) {
      if (passes) expect((await ask(pair, id)).length).toBe(size);
      else await expect(ask(pair, id)).rejects.toThrow("larger than 512000 bytes");
    }
  });

  test("keeps what a callback's error says from the daemon, and hands it to the caller as the cause", async () => {
    const cause = new Error("vault: cannot decode hunter2");
    await using pair = await openPair({ vault: () => Promise.reject(cause) });

    const answer = await ask(pair, "vault").catch(String);

    expect(answer).toContain('Cannot get the secret "vault": its callback failed');
    expect(answer).not.toContain("hunter2");
    expect(pair.failures).toMatchObject([{ code: "BK_SECRET_FAILED", cause }]);
  });

  test("stops a callback when the daemon is gone, and reports nothing", async () => {
    const asked = deferred<AbortSignal>();
    await using pair = await openPair({
      slow: (_, { signal }) => {
        asked.resolve(signal);
        return new Promise(() => {});
      },
    });
    const answer = ask(pair, "slow").catch(() => "none");
    const signal = await asked.promise;

    pair.socket.destroy();

    await answer;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve());
    });
    expect(pair.failures).toEqual([]);
  });
});

describe("checkSecret()", () => {
  test("finds out before the build what is missing or too large", async () => {
    await using dir = await tmpDir();
    const big = join(dir.path, "big");
    await writeFile(big, "");
    await truncate(big, MAX_BYTES + 1);
    const check = (source: SecretSource, env = {}) => checkSecret("id", source, env);

    await expect(check({ file: join(dir.path, "none") })).rejects.toThrow(/none .*it does not exist/);
    await expect(check({ file: dir.path })).rejects.toThrow("it is a directory");
    await expect(check({ file: big })).rejects.toThrow("larger than 512000 bytes");
    await expect(check({ env: "TOKEN" })).rejects.toThrow("the environment variable TOKEN is not set");
    await expect(check({ env: "TOKEN" }, { TOKEN: "" })).resolves.toBeUndefined();
    await expect(check({ value: new Uint8Array(MAX_BYTES + 1) })).rejects.toMatchObject({
      code: "BK_SECRET_FAILED",
    });
  });

  test("does not ask a callback", async () => {
    await expect(checkSecret("id", () => Promise.reject(new Error("asked")), {})).resolves.toBeUndefined();
  });
});
