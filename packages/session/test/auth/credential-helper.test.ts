// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { askCredentialHelper } from "../../src/auth/credential-helper.js";
import { createCredentialHome } from "./helpers.js";

const serverUrl = "r.io";

describe("askCredentialHelper()", { timeout: 20_000 }, () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("gives the server on stdin and the word get, and reads the answer", async () => {
    await using home = await createCredentialHome();
    await home.addHelper(
      "echo",
      "console.log(JSON.stringify({ Username: process.argv[2], Secret: input }));",
    );
    await expect(askCredentialHelper({ helper: "echo", serverUrl, env: home.env })).resolves.toEqual({
      username: "get",
      secret: "r.io",
    });
  });

  test("takes a helper that never reads its stdin", async () => {
    await using home = await createCredentialHome();
    const file = path.join(home.dir, "bin/docker-credential-deaf");
    await writeFile(file, '#!/bin/sh\nexec <&-\necho \'{"Username": "u", "Secret": "p"}\'\n');
    await chmod(file, 0o755);
    const long = "r".repeat(1 << 20);
    await expect(
      askCredentialHelper({ helper: "deaf", serverUrl: long, env: home.env }),
    ).resolves.toMatchObject({
      username: "u",
    });
  });

  test.each(["../evil", "a/b", "", "a b", "$(x)", "a\nb"])("refuses the name %j", async (helper) => {
    await using home = await createCredentialHome();
    await expect(askCredentialHelper({ helper, serverUrl, env: home.env })).rejects.toMatchObject({
      code: "BK_CREDENTIALS_FAILED",
    });
  });

  test("looks in absolute folders of PATH only", async () => {
    await using home = await createCredentialHome();
    await home.addHelper("here", "console.log('{}');");
    const relative = path.relative(process.cwd(), path.join(home.dir, "bin"));
    const env = { PATH: `${relative}${path.delimiter}${path.delimiter}.` };
    await expect(askCredentialHelper({ helper: "here", serverUrl, env })).rejects.toThrow(
      /no folder of PATH/,
    );
  });

  test("passes over a file that cannot be executed", async () => {
    await using home = await createCredentialHome();
    const first = path.join(home.dir, "first");
    await mkdir(first);
    await writeFile(path.join(first, "docker-credential-x"), "not a program");
    await home.addHelper("x", 'console.log(\'{"Username": "u"}\');');
    const env = { PATH: `${first}${path.delimiter}${home.env["PATH"]}` };
    await expect(askCredentialHelper({ helper: "x", serverUrl, env })).resolves.toEqual({
      username: "u",
      secret: "",
    });
  });

  test("names a helper that cannot be started", async () => {
    await using home = await createCredentialHome();
    const file = path.join(home.dir, "bin/docker-credential-broken");
    await writeFile(file, "#!/nonexistent/interpreter\n", { mode: 0o755 });
    await expect(askCredentialHelper({ helper: "broken", serverUrl, env: home.env })).rejects.toMatchObject({
      code: "BK_CREDENTIALS_FAILED",
      message: "The credential helper docker-credential-broken could not be started",
    });
  });

  test.each([
    ["exit code", "console.log('the password is hunter2'); process.exitCode = 3;", /exit code 3/],
    ["signal", "console.log('hunter2'); process.kill(process.pid, 'SIGTERM');", /signal/],
    ["answer", "console.log('hunter2');", /did not answer with credentials/],
    ["silence", "", /did not answer with credentials/],
  ])("tells a bad %s without what was printed", async (_, script, message) => {
    await using home = await createCredentialHome();
    await home.addHelper("bad", script);
    const error: unknown = await askCredentialHelper({ helper: "bad", serverUrl, env: home.env }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "BK_CREDENTIALS_FAILED", message: expect.stringMatching(message) });
    expect(JSON.stringify(error, ["message", "cause", "stack"])).not.toContain("hunter2");
  });

  test("ends a helper that prints without end", async () => {
    await using home = await createCredentialHome();
    await home.addHelper("endless", "setInterval(() => process.stdout.write('x'.repeat(1 << 16)), 0);");
    await expect(askCredentialHelper({ helper: "endless", serverUrl, env: home.env })).rejects.toThrow(
      /1048576 bytes/,
    );
  });

  test("ends a helper that says nothing for 30 s", async () => {
    await using home = await createCredentialHome();
    const pidFile = path.join(home.dir, "pid");
    await home.addHelper(
      "silent",
      `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
       setInterval(() => {}, 1000);`,
    );
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = askCredentialHelper({ helper: "silent", serverUrl, env: home.env });
    const outcome = expect(asked).rejects.toMatchObject({
      code: "BK_CREDENTIALS_FAILED",
      message: expect.stringContaining("did not answer within 30 s"),
    });
    const pid = await readPid(pidFile);
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    await outcome;
    await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });
  });

  test("ends a helper, and what it started, when the caller gives up", async () => {
    await using home = await createCredentialHome();
    const pidFile = path.join(home.dir, "pid");
    await home.addHelper(
      "stuck",
      `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
       require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       setInterval(() => {}, 1000);`,
    );
    const controller = new AbortController();
    const reason = new Error("the build was stopped");
    const asked = askCredentialHelper({
      helper: "stuck",
      serverUrl,
      env: home.env,
      signal: controller.signal,
    });
    const outcome = expect(asked).rejects.toBe(reason);
    const pid = await readPid(pidFile);
    controller.abort(reason);
    await outcome;
    await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000 });
  });

  test("asks nobody when the signal has aborted already", async () => {
    const reason = new Error("too late");
    const signal = AbortSignal.abort(reason);
    await expect(askCredentialHelper({ helper: "x", serverUrl, env: {}, signal })).rejects.toBe(reason);
  });
});

/** Waits for a helper to write its number. With fake timers, each look moves the clock on by 10 ms, far from 30 s. */
function readPid(file: string): Promise<number> {
  const read = () => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
  return vi.waitUntil(read, { timeout: 10_000, interval: 10 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
