// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CheckAgentRequestSchema, CheckAgentResponseSchema } from "@bk/proto/sshforward";
import { leakCheck, listen, opensshEnv, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createSshForward, type SshSource } from "../../src/index.js";
import { openSessionPair, type SessionPair } from "../helpers/session-pair.js";
import { makeKey, mountAgent, runTool, runWithAgent } from "../helpers/ssh-tools.js";

const CHECK = "/moby.sshforward.v1.SSH/CheckAgent";
const LIST = Buffer.from([0, 0, 0, 1, 11]);
const REMOVE_ALL = Buffer.from([0, 0, 0, 1, 19]);
const FAILURE = Buffer.from([0, 0, 0, 1, 5]);

async function openPair(source: SshSource, env = {}): Promise<SessionPair> {
  return openSessionPair(await createSshForward({ agents: new Map([["default", source]]), env }));
}

const ED25519 = ["-t", "ed25519"];
const KINDS = [
  { kind: "ed25519", args: ["-t", "ed25519"] },
  { kind: "rsa", args: ["-t", "rsa", "-b", "2048"] },
  { kind: "ecdsa-256", args: ["-t", "ecdsa", "-b", "256"] },
  { kind: "ecdsa-384", args: ["-t", "ecdsa", "-b", "384"] },
  { kind: "ecdsa-521", args: ["-t", "ecdsa", "-b", "521"] },
];

describe("createSshForward() with key files", () => {
  leakCheck();

  test.each([
    ...KINDS.map(({ kind, args }) => ({ kind: `${kind} in OpenSSH's format`, args })),
    { kind: "rsa in PKCS#1", args: ["-t", "rsa", "-b", "2048", "-m", "PEM"] },
    { kind: "rsa in PKCS#8", args: ["-t", "rsa", "-b", "2048", "-m", "PKCS8"] },
    { kind: "ecdsa in SEC 1", args: ["-t", "ecdsa", "-m", "PEM"] },
    { kind: "ecdsa in PKCS#8", args: ["-t", "ecdsa", "-m", "PKCS8"] },
  ])("signs with $kind what OpenSSH accepts", async ({ args }) => {
    await using dir = await tmpDir();
    const key = await makeKey(dir.path, "key", args);
    await using pair = await openPair({ keyFiles: [key] });
    await using step = await mountAgent(pair, dir.path);
    const message = join(dir.path, "message");
    await writeFile(message, "signed by a build step");
    // Only the public key is where the tool looks: the signature comes from the agent.
    const publicKey = join(dir.path, "public.pub");
    await copyFile(`${key}.pub`, publicKey);

    await runWithAgent(step.path, "ssh-keygen", ["-Y", "sign", "-n", "test", "-f", publicKey, message]);

    const signers = join(dir.path, "signers");
    await writeFile(signers, `me ${await readFile(publicKey, "utf8")}`);
    const verify = ["-Y", "verify", "-n", "test", "-I", "me", "-f", signers, "-s", `${message}.sig`];
    const child = runTool("ssh-keygen", verify);
    child.child.stdin?.end(await readFile(message));
    expect((await child).stdout).toContain("Good");
  });

  test("lists its keys to ssh-add, without their comments", async () => {
    await using dir = await tmpDir();
    const files = [
      await makeKey(dir.path, "one", ["-t", "ed25519", "-C", "me@laptop"]),
      await makeKey(dir.path, "two", ["-t", "ecdsa"]),
    ];
    await using pair = await openPair({ keyFiles: files });
    await using step = await mountAgent(pair, dir.path);

    const listed = await runWithAgent(step.path, "ssh-add", ["-L"]);

    const keys = await Promise.all(
      files.map(async (file) => (await readFile(`${file}.pub`, "utf8")).split(" ")),
    );
    expect(
      listed
        .trim()
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual(keys.map(([type, blob]) => `${type} ${blob}`));
    expect(listed).not.toContain("laptop");
  });

  test("takes no keys from a step", async () => {
    await using dir = await tmpDir();
    const [ours, theirs] = [await makeKey(dir.path, "a", ED25519), await makeKey(dir.path, "b", ED25519)];
    await using pair = await openPair({ keyFiles: [ours] });
    await using step = await mountAgent(pair, dir.path);

    await expect(runWithAgent(step.path, "ssh-add", [theirs])).rejects.toThrow(/refused|Could not add/);
    await expect(runWithAgent(step.path, "ssh-add", ["-D"])).rejects.toThrow();

    expect((await runWithAgent(step.path, "ssh-add", ["-L"])).trim().split("\n")).toHaveLength(1);
  });

  test.each([
    { name: "that is not there", make: async () => {}, says: "it does not exist" },
    {
      name: "with a passphrase",
      make: (file: string) => runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "hunter2", "-f", file]),
      says: "needs a passphrase. Add the key to an SSH agent",
    },
    {
      name: "with a passphrase in PEM",
      make: (file: string) =>
        runTool("ssh-keygen", ["-q", "-t", "rsa", "-m", "PEM", "-N", "hunter2", "-f", file]),
      says: "needs a passphrase",
    },
    {
      name: "that is a public key",
      make: (file: string) => writeFile(file, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me\n"),
      says: "it is a public key",
    },
    { name: "that is no key", make: (file: string) => writeFile(file, "hello"), says: "not a private key" },
    {
      name: "that is cut off",
      make: async (file: string) => {
        await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
        const lines = (await readFile(file, "utf8")).split("\n");
        lines.splice(2, 2);
        await writeFile(file, lines.join("\n"));
      },
      says: "ends too early",
    },
    {
      name: "of more than 100 KiB",
      make: (file: string) => writeFile(file, Buffer.alloc(102_401)),
      says: "larger than 102400 bytes",
    },
  ])("refuses a file $name, and names it", async ({ make, says }) => {
    await using dir = await tmpDir();
    const file = join(dir.path, "key");
    await make(file);

    const error: unknown = await openPair({ keyFiles: [file] }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "BK_SSH_FAILED", message: expect.stringContaining(says) });
    expect(String(error)).toContain(file);
  });
});

describe("createSshForward() with an agent", () => {
  leakCheck();

  test("forwards ssh-agent: steps list and sign, and can change nothing", async () => {
    await using dir = await tmpDir();
    await using agent = await startAgent(dir.path);
    const key = await makeKey(dir.path, "key", ["-t", "ed25519"]);
    await runWithAgent(agent.path, "ssh-add", ["-q", key]);
    await using pair = await openPair({}, { SSH_AUTH_SOCK: agent.path });
    await using step = await mountAgent(pair, dir.path);
    const message = join(dir.path, "message");
    await writeFile(message, "hello");

    const sign = ["-Y", "sign", "-n", "test", "-f", `${key}.pub`, message];
    await expect(runWithAgent(step.path, "ssh-keygen", sign)).resolves.toContain("Signing");
    await expect(runWithAgent(step.path, "ssh-add", ["-D"])).rejects.toThrow();
    await expect(runWithAgent(step.path, "ssh-add", [key])).rejects.toThrow();

    await expect(runWithAgent(agent.path, "ssh-add", ["-l"])).resolves.toContain("ED25519");
  });

  test("lets nothing but lists and signatures reach an agent", async () => {
    await using dir = await tmpDir();
    await using agent = await startEcho(dir.path);
    await using pair = await openPair({ agentSocket: agent.path });
    await using step = await mountAgent(pair, dir.path);
    const socket = connect(step.path);
    const forbidden = [1, 9, 17, 18, 19, 20, 22, 23, 25, 26, 27, 255];
    // A list with something behind it, and a request to sign that ends too early, are no such requests.
    const malformed = [Buffer.from([0, 0, 0, 2, 11, 1]), Buffer.from([0, 0, 0, 5, 13, 0, 0, 0, 9])];

    for (const type of forbidden) socket.write(Buffer.from([0, 0, 0, 1, type]));
    for (const request of malformed) socket.write(request);
    const refused = await readBytes(socket, FAILURE.length * (forbidden.length + malformed.length));
    expect(refused.equals(Buffer.concat(Array(forbidden.length + malformed.length).fill(FAILURE)))).toBe(
      true,
    );

    socket.write(LIST.subarray(0, 2));
    socket.write(LIST.subarray(2));
    expect(await readBytes(socket, LIST.length)).toEqual(LIST);
    expect(agent.received()).toEqual(LIST);
    socket.destroy();
  });

  test("answers all that a step asked before it ended its side", async () => {
    await using dir = await tmpDir();
    const key = await makeKey(dir.path, "key", ED25519);
    await using pair = await openPair({ keyFiles: [key] });
    await using step = await mountAgent(pair, dir.path);
    const socket = connect({ path: step.path, allowHalfOpen: true });

    socket.end(Buffer.concat(Array(100).fill(REMOVE_ALL)));

    expect(await buffer(socket)).toEqual(Buffer.concat(Array(100).fill(FAILURE)));
  });

  test("hangs up on a step that sends too long a request, and the build goes on", async () => {
    await using dir = await tmpDir();
    await using agent = await startEcho(dir.path);
    await using pair = await openPair({ agentSocket: agent.path });
    await using step = await mountAgent(pair, dir.path);
    const socket = connect(step.path);
    const header = Buffer.alloc(5);
    header.writeUInt32BE(256 * 1024 + 1);

    socket.resume().write(header);
    await once(socket, "end");

    socket.destroy();
    expect(agent.received().length).toBe(0);
    expect(pair.failures).toEqual([]);
  });

  test("fails the session when the agent is gone by the time that a step wants it", async () => {
    await using dir = await tmpDir();
    const agent = await startEcho(dir.path);
    await using pair = await openPair({ agentSocket: agent.path });
    await agent[Symbol.asyncDispose]();

    const call = pair.peer.call("/moby.sshforward.v1.SSH/ForwardAgent");

    await expect(call.status()).resolves.toMatchObject({ code: 2 });
    expect(pair.failures).toMatchObject([
      { code: "BK_SSH_FAILED", message: expect.stringContaining(agent.path) },
    ]);
  });

  test.each([
    {
      name: "an agent that is not there",
      source: { agentSocket: "/nonexistent/agent" },
      says: "/nonexistent",
    },
    { name: "no agent at all", source: {}, says: "SSH_AUTH_SOCK is not set" },
  ])("refuses $name up front", async ({ source, says }) => {
    await expect(openPair(source)).rejects.toMatchObject({
      code: "BK_SSH_FAILED",
      message: expect.stringContaining(says),
    });
  });

  test("rejects with the reason when the caller gives up", async () => {
    await using dir = await tmpDir();
    await using agent = await startEcho(dir.path);
    const reason = new Error("the build was stopped");
    const agents = new Map([["default", { agentSocket: agent.path }]]);
    await expect(createSshForward({ agents, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("knows its ids, of which the default needs no name", async () => {
    await using dir = await tmpDir();
    await using agent = await startEcho(dir.path);
    await using pair = await openPair({ agentSocket: agent.path });
    const check = (id: string) =>
      pair.peer.unary(CHECK, CheckAgentRequestSchema, { id }, CheckAgentResponseSchema);

    await expect(check("")).resolves.toBeDefined();
    await expect(check("default")).resolves.toBeDefined();
    await expect(check("deploy")).rejects.toMatchObject({ status: { code: 5 } });
    expect(pair.failures).toEqual([]);
    const call = pair.peer.call("/moby.sshforward.v1.SSH/ForwardAgent", { "buildkit.ssh.id": "deploy" });
    await expect(call.status()).resolves.toMatchObject({ code: 5 });
  });

  test("passes everything to a raw socket, and its end back", async () => {
    await using dir = await tmpDir();
    await using echo = await startEcho(dir.path);
    await using pair = await openPair({ rawSocket: echo.path });
    await using step = await mountAgent(pair, dir.path);
    const socket = connect(step.path);
    const bytes = Buffer.alloc(1 << 20, "no agent's protocol ");

    socket.end(bytes);
    const back = await readBytes(socket, bytes.length);
    await once(socket.resume(), "close");

    expect(back.equals(bytes)).toBe(true);
    expect(pair.failures).toEqual([]);
  });

  test("ends a step's connection with that of the raw socket, after its last byte", async () => {
    await using dir = await tmpDir();
    const last = Buffer.alloc(1 << 20, "bye");
    await using server = await listen("unix", (socket) => socket.end(last));
    await using pair = await openPair({ rawSocket: server.address.slice("unix://".length) });
    await using step = await mountAgent(pair, dir.path);

    const socket = connect(step.path);

    expect((await buffer(socket)).equals(last)).toBe(true);
  });

  test("lets go of the raw socket when the daemon gives the call up", async () => {
    const accepted: Socket[] = [];
    await using server = await listen("unix", (socket) => void accepted.push(socket.resume()));
    await using pair = await openPair({ rawSocket: server.address.slice("unix://".length) });
    const call = pair.peer.call("/moby.sshforward.v1.SSH/ForwardAgent");
    await once(call.stream, "response");
    while (accepted.length < 2) await pair.peer.checkHealth(); // the first was to see whether it is there

    call.stream.close();

    for (const socket of accepted) if (!socket.closed) await once(socket, "close");
    expect(pair.failures).toEqual([]);
  });
});

interface TestAgent extends AsyncDisposable {
  readonly path: string;
}

/** OpenSSH's agent, without keys. */
async function startAgent(dir: string): Promise<TestAgent> {
  const path = join(dir, "agent.sock");
  const child = spawn("ssh-agent", ["-D", "-a", path], {
    env: opensshEnv(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data"); // it prints its address when it listens
  return {
    path,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "close");
    },
  };
}

/** Sends back what it gets, and remembers it. */
async function startEcho(dir: string): Promise<TestAgent & { received(): Buffer }> {
  const path = join(dir, "echo.sock");
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).pipe(socket);
  });
  server.listen(path);
  await once(server, "listening");
  return {
    path,
    received: () => Buffer.concat(chunks),
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

async function readBytes(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < length) {
    const chunk: Buffer | null = socket.read();
    if (chunk) {
      chunks.push(chunk);
      size += chunk.length;
    } else await once(socket, "readable");
  }
  return Buffer.concat(chunks);
}
