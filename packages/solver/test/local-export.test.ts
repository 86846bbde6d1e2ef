// SPDX-License-Identifier: Apache-2.0
import { homedir } from "node:os";
import { dirname } from "node:path";
import { SolveRequestSchema, SolveResponseSchema, StatusRequestSchema } from "@bk/proto/control";
import { createMemorySource, type MemoryEntry } from "@bk/session";
import { sendFiles } from "@bk/session/filesync";
import {
  type FakeDaemon,
  type FakeHandler,
  joinSessionTunnel,
  leakCheck,
  openSessionPeer,
  readTree,
  startFakeDaemon,
  tree,
} from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, type LocalExport, solve } from "../src/index.js";

interface Result {
  readonly files: Readonly<Record<string, MemoryEntry>>;
  /** As of BuildKit 0.31: all platforms come in one transfer. */
  readonly multiPlatform: boolean;
}

/** A daemon that exports some files, whatever it is asked to build. */
function exportingDaemon({ files, multiPlatform }: Result): Promise<FakeDaemon> {
  let exported = (): void => {};
  const done = new Promise<void>((resolve) => {
    exported = resolve;
  });
  const handlers: Record<string, FakeHandler> = {
    async "/moby.buildkit.v1.Control/Session"(call) {
      await using peer = openSessionPeer(joinSessionTunnel(call));
      const { stream } = peer.call("/moby.filesync.v1.FileSend/DiffCopy", {
        "buildkit-attachable-exporter-id": "0",
        ...(multiPlatform && { "buildkit-exporter-multi-platform": "1" }),
      });
      const { signal } = new AbortController();
      const source = createMemorySource(files);
      await sendFiles({ stream, source, patterns: {}, resetOwner: false, signal }).catch(() => {});
      exported();
      await call.nextMessage();
    },
    async "/moby.buildkit.v1.Control/Status"(call) {
      await call.receive(StatusRequestSchema);
      call.end();
    },
    async "/moby.buildkit.v1.Control/Solve"(call) {
      await call.receive(SolveRequestSchema);
      await done;
      call.send(SolveResponseSchema, {});
      call.end();
    },
  };
  return startFakeDaemon({ handlers });
}

async function exportTo(result: Result, options: Omit<LocalExport, "type">): Promise<void> {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using fake = await exportingDaemon(result);
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  await solve(daemon, { contextDir: context.path, exports: [{ type: "local", ...options }] });
}

describe("a local export", () => {
  leakCheck();

  test("merges with what is there, and says what came", async () => {
    await using out = await tree("ADD mine file old", "ADD app file old");
    const received: unknown[] = [];

    const files = { app: "new", "dir/config": "x=1" };
    await exportTo(
      { files, multiPlatform: true },
      { dest: out.path, onReceived: (summary) => received.push(summary) },
    );

    expect(await readTree(out.path)).toEqual([
      "ADD app file new",
      "ADD dir dir",
      'ADD dir/config file "x=1"',
      "ADD mine file old",
    ]);
    expect(received).toEqual([{ files: 2, bytes: 6, skipped: [] }]);
  });

  test("mirrors with mode delete", async () => {
    await using out = await tree("ADD mine file old", "ADD app file old");

    await exportTo({ files: { app: "new" }, multiPlatform: true }, { dest: out.path, mode: "delete" });

    expect(await readTree(out.path)).toEqual(["ADD app file new"]);
  });

  test("removes nothing for a daemon that sends each platform on its own", async () => {
    await using out = await tree("ADD mine file old");

    const exporting = exportTo(
      { files: { app: "new" }, multiPlatform: false },
      { dest: out.path, mode: "delete" },
    );

    await expect(exporting).rejects.toMatchObject({ code: "BK_EXPORT_FAILED" });
    expect(await readTree(out.path)).toEqual(["ADD mine file old"]);
  });

  test.each([
    ["the root directory", "/"],
    ["the home directory", homedir()],
    ["the working directory", process.cwd()],
    ["what holds it", dirname(process.cwd())],
  ])("never mirrors into %s, and asks no daemon before it refuses", async (_, dest) => {
    await using context = await tree('ADD Dockerfile file "FROM scratch"');
    const dialer = createDialer(parseAddress("unix:///nonexistent/buildkitd.sock"));
    await using daemon = createDaemon({ dialer });

    const exporting = solve(daemon, {
      contextDir: context.path,
      exports: [{ type: "local", dest, mode: "delete" }],
    });

    await expect(exporting).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "exports[0].dest" });
  });
});
