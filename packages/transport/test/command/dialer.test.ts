// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { leakCheck, type TmpDir, tmpDir } from "@bk/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseAddress } from "../../src/address.js";
import { createChannel } from "../../src/channel.js";
import { createDialer } from "../../src/create-dialer.js";
import type { Dialer } from "../../src/dialer.js";
import { createAcceptQueue } from "../helpers/accept-queue.js";
import { catchTransportError } from "../helpers/catch-error.js";
import { startHttp2Server, startRawServer } from "../helpers/servers.js";
import { failWith, joinSocket, writeStandIn } from "../helpers/stand-in.js";

let dir: TmpDir;
beforeEach(async () => {
  dir = await tmpDir();
});
afterEach(async () => {
  await dir[Symbol.asyncDispose]();
});

/** A dialer for an address whose program is JavaScript. */
async function dialerOf(address: string, program: string, body: string): Promise<Dialer> {
  const { env } = await writeStandIn(dir, program, body);
  return createDialer(parseAddress(address), { env });
}

/** What a channel says that cannot be opened. */
async function connectFailure(dialer: Dialer) {
  await using channel = createChannel(dialer);
  return await catchTransportError(channel.connect());
}

describe("createCommandDialer()", () => {
  leakCheck();

  test.each([
    ["ssh://me@host:22", "ssh", ["-T", "-l", "me", "-p", "22", "--", "host", "buildctl", "dial-stdio"]],
    ["podman-container://b", "podman", ["exec", "-i", "--", "b", "buildctl", "dial-stdio"]],
    ["nerdctl-container://b", "nerdctl", ["exec", "-i", "--", "b", "buildctl", "dial-stdio"]],
    [
      "kube-pod://b?context=a%20b&namespace=n",
      "kubectl",
      ["--context=a b", "--namespace=n", "exec", "-i", "b", "--", "buildctl", "dial-stdio"],
    ],
  ])("speaks HTTP/2 to %s through %s, without a shell in between", async (address, program, args) => {
    await using http2 = await startHttp2Server();
    await using _socket = await startRawServer(http2.adopt, dir.join("bk.sock"));
    const standIn = await writeStandIn(dir, program, joinSocket(dir.join("bk.sock")));
    await using channel = createChannel(createDialer(parseAddress(address), { env: standIn.env }));
    await channel.connect();
    expect(await standIn.calls()).toEqual([args]);
  });

  test.each([
    ["ssh://host", "ssh"],
    ["kube-pod://p", "kubectl"],
    ["podman-container://c", "podman"],
    ["nerdctl-container://c", "nerdctl"],
  ])("says for %s that %s is not installed", async (address, program) => {
    const error = await catchTransportError(
      createDialer(parseAddress(address), { env: { PATH: dir.path } }).dial(),
    );
    expect(error.code).toBe("BK_PROGRAM_NOT_FOUND");
    expect(error.retryable).toBe(false);
    expect(error.message).toContain(`no program ${program} on the PATH. Install`);
    expect(error.message).toContain(address);
  });

  test("says when a program cannot be started", async () => {
    await writeFile(dir.join("podman"), "#!/nonexistent/interpreter\n", { mode: 0o755 });
    const error = await catchTransportError(
      createDialer(parseAddress("podman-container://c"), { env: { PATH: dir.path } }).dial(),
    );
    expect(error.code).toBe("BK_COMMAND_FAILED");
    expect(error.message).toContain("could not be started");
  });

  test.each([
    [
      "podman-container://c",
      125,
      'Error: no container with name or ID "c" found: no such container',
      "BK_ENDPOINT_NOT_FOUND",
    ],
    [
      "podman-container://c",
      255,
      "Error: can only create exec sessions on running containers: container state improper",
      "BK_CONNECTION_REFUSED",
    ],
    [
      "podman-container://c",
      127,
      "Error: crun: executable file `buildctl` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
      "BK_COMMAND_FAILED",
    ],
    [
      "nerdctl-container://c",
      1,
      'time="2026-01-01T00:00:00Z" level=fatal msg="no such container: c"',
      "BK_ENDPOINT_NOT_FOUND",
    ],
    ["kube-pod://c", 1, 'Error from server (NotFound): pods "c" not found', "BK_ENDPOINT_NOT_FOUND"],
    [
      "kube-pod://c",
      1,
      "error: cannot exec into a container in a completed pod; current phase is Succeeded",
      "BK_CONNECTION_REFUSED",
    ],
    [
      "kube-pod://c",
      1,
      "error: dial unix /run/buildkit/buildkitd.sock: connect: no such file or directory",
      "BK_CONNECTION_REFUSED",
    ],
    ["kube-pod://c", 1, 'error: context "x" does not exist', "BK_COMMAND_FAILED"],
    [
      "kube-pod://c",
      1,
      'Error from server (Forbidden): pods "c" is forbidden: User "me" cannot create resource "pods/exec"',
      "BK_PERMISSION_DENIED",
    ],
    ["ssh://h", 255, "ssh: Could not resolve hostname h: Name or service not known", "BK_ENDPOINT_NOT_FOUND"],
    ["ssh://h", 255, "ssh: connect to host h port 22: Connection refused", "BK_CONNECTION_REFUSED"],
    ["ssh://h", 255, "ssh: connect to host h port 22: Connection timed out", "BK_CONNECT_TIMEOUT"],
    ["ssh://h", 255, "me@h: Permission denied (publickey,password).", "BK_PERMISSION_DENIED"],
    ["ssh://h", 255, "Host key verification failed.", "BK_COMMAND_FAILED"],
    ["ssh://h", 127, "bash: line 1: buildctl: command not found", "BK_COMMAND_FAILED"],
  ])("for %s takes code %i and %j for %s", async (address, code, words, expected) => {
    const program = { podman: "podman", nerdctl: "nerdctl", kube: "kubectl", ssh: "ssh" }[
      /^[a-z]+/.exec(address)?.[0] ?? ""
    ];
    const error = await connectFailure(await dialerOf(address, program ?? "", failWith(code, words)));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(`${address}: ${program} ended with code ${code} and said `);
    expect(error.message).toContain(JSON.stringify(words));
    expect(error.body).toBe(`${words}\n`);
    expect(error.endpoint).toBe(address);
  });

  test("quotes the end of what was said, without what a terminal would act on", async () => {
    const words = `${"banner ".repeat(2000)}\u001b[31mthe reason\u0007`;
    const error = await connectFailure(await dialerOf("ssh://h", "ssh", failWith(1, words)));
    expect(error.message).toContain("[31mthe reason");
    expect(error.message.length).toBeLessThan(500);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
    expect(Buffer.byteLength(error.body ?? "")).toBeLessThanOrEqual(4096);
  });

  test("tells of a program that was killed", async () => {
    const body = "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);";
    const error = await connectFailure(await dialerOf("ssh://h", "ssh", body));
    expect(error.code).toBe("BK_COMMAND_FAILED");
    expect(error.message).toContain("ssh was ended by SIGKILL");
  });

  test("reads the output to its end, also where that comes after the program's", async () => {
    const writeAfterEnd = `
      const timer = setInterval(() => {
        try { process.kill(Number(process.argv[1]), 0); } catch { clearInterval(timer); console.log("last words"); }
      }, 1);`;
    const body = `
      const args = ["-e", ${JSON.stringify(writeAfterEnd)}, String(process.pid)];
      const stdio = ["ignore", "inherit", "ignore"];
      require("node:child_process").spawn(process.execPath, args, { detached: true, stdio }).unref();`;
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    expect(await text(stream)).toBe("last words\n");
  });

  test("calls it a lost connection when the program fails later", async () => {
    const body =
      "process.stdout.write('hello', () => { console.error('network is gone'); process.exit(255) });";
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    stream.resume();
    const [error] = await once(stream, "error");
    expect(error).toMatchObject({ code: "BK_CONNECTION_LOST", retryable: true });
    expect(error.message).toContain("network is gone");
  });

  test("says when a program answers with something other than HTTP/2", async () => {
    const body =
      "process.stdout.write('Welcome to this machine, it is a fine day\\n'); process.stdin.resume();";
    const error = await connectFailure(await dialerOf("ssh://h", "ssh", body));
    expect(error.code).toBe("BK_NOT_GRPC");
  });

  test("ends a program and what it started, and waits for it", async () => {
    const queue = createAcceptQueue();
    await using _server = await startRawServer(queue.push, dir.join("bk.sock"));
    // The grandchild holds a connection, which ends with it.
    const body = `
      const inner = "require('node:net').connect(" + ${JSON.stringify(JSON.stringify(dir.join("bk.sock")))} + ")";
      require("node:child_process").spawn(process.execPath, ["-e", inner], { stdio: "ignore" });
      process.stdin.resume();
      setInterval(() => {}, 1000);`;
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    const grandchild = await queue.next();
    grandchild.resume();
    stream.destroy();
    await Promise.all([once(stream, "close"), once(grandchild, "end")]);
  });

  test("ends a program that ignores the polite way", async () => {
    const body =
      "process.on('SIGTERM', () => {}); process.stdout.write('ready'); setInterval(() => {}, 1000);";
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    await once(stream, "data");
    stream.destroy();
    await once(stream, "close");
  });

  test("ends a program that goes on after its output has ended, which is no failure", async () => {
    const body = "require('node:fs').closeSync(1); setInterval(() => {}, 1000);";
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    stream.resume();
    await once(stream, "close");
    expect(stream.errored).toBeNull();
  });

  test("does not wait for a background process that keeps the standard error", async () => {
    const pidFile = dir.join("pid");
    const body = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
        detached: true, stdio: ["ignore", "ignore", "inherit"] });
      require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      child.unref();`;
    const stream = await (await dialerOf("ssh://h", "ssh", body)).dial();
    stream.resume();
    await once(stream, "close");
    process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
  });

  test("starts a program for each connection", async () => {
    const queue = createAcceptQueue();
    await using _server = await startRawServer(queue.push, dir.join("bk.sock"));
    const standIn = await writeStandIn(dir, "podman", joinSocket(dir.join("bk.sock")));
    const dialer = createDialer(parseAddress("podman-container://c"), { env: standIn.env });
    for (const words of ["one", "two"]) {
      const stream = await dialer.dial();
      stream.write(words);
      expect(String((await once(await queue.next(), "data"))[0])).toBe(words);
      stream.destroy();
    }
    expect(await standIn.calls()).toHaveLength(2);
  });

  test("refuses TLS, which the program is in charge of", () => {
    for (const address of ["ssh://h", "docker-container://c"]) {
      expect(() => createDialer(parseAddress(address), { tls: {} })).toThrow(
        expect.objectContaining({ code: "BK_TLS_FAILED" }),
      );
    }
  });
});
