// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { SolveRequestSchema, SolveResponseSchema, StatusRequestSchema } from "@bk/proto/control";
import { BytesMessageSchema } from "@bk/proto/filesync";
import {
  type FakeCall,
  joinSessionTunnel,
  leakCheck,
  openSessionPeer,
  type SessionPeer,
  startFakeDaemon,
  tmpDir,
  tree,
} from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, type ExportOptions, solve } from "../src/index.js";

/** Sends one export of the build whole, as soon as it is asked for. */
async function sendExport(peer: SessionPeer, index: number): Promise<void> {
  const call = peer.call("/moby.filesync.v1.FileSend/DiffCopy", {
    "buildkit-attachable-exporter-id": String(index),
  });
  call.send(BytesMessageSchema, { data: Buffer.from(`new ${index}`) });
  call.endRequests();
  expect(await call.status()).toMatchObject({ code: 0 });
}

interface Daemon {
  /** The exports in the order in which they come. */
  readonly order: readonly number[];
  /** Answers Solve once all exports were taken. */
  readonly answer: (call: FakeCall) => void | Promise<void>;
}

async function build(daemon: Daemon, exports: readonly ExportOptions[], signal?: AbortSignal) {
  let sent = (): void => {};
  const exported = new Promise<void>((resolve) => {
    sent = resolve;
  });
  await using fake = await startFakeDaemon({
    handlers: {
      async "/moby.buildkit.v1.Control/Session"(call) {
        await using peer = openSessionPeer(joinSessionTunnel(call));
        for (const index of daemon.order) await sendExport(peer, index);
        sent();
        await call.nextMessage();
      },
      async "/moby.buildkit.v1.Control/Status"(call) {
        await call.receive(StatusRequestSchema);
        call.end();
      },
      async "/moby.buildkit.v1.Control/Solve"(call) {
        await call.receive(SolveRequestSchema);
        await exported;
        await daemon.answer(call);
      },
    },
  });
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using client = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  await solve(client, { contextDir: context.path, exports, signal });
}

function succeed(call: FakeCall): void {
  call.send(SolveResponseSchema, {});
  call.end();
}

describe("files that a build exports", () => {
  leakCheck();

  test("stay what they were when another export fails", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("a.tar"), "old");
    const refused = (call: FakeCall) => call.end({ status: 2, message: "the push was refused" });

    const building = build({ order: [0], answer: refused }, [
      { type: "oci", dest: dir.join("a.tar") },
      { type: "registry", name: "r.io/app" },
    ]);

    await expect(building).rejects.toMatchObject({ code: "BK_SOLVE_FAILED" });
    expect(await readFile(dir.join("a.tar"), "utf8")).toBe("old");
    expect(await readdir(dir.path)).toEqual(["a.tar"]);
  });

  test("stay what they were when the caller gives up", async () => {
    await using dir = await tmpDir();
    await writeFile(dir.join("a.tar"), "old");
    const controller = new AbortController();
    const reason = new Error("the build was stopped");

    const building = build(
      { order: [0], answer: () => controller.abort(reason) },
      [{ type: "oci", dest: dir.join("a.tar") }],
      controller.signal,
    );

    await expect(building).rejects.toBe(reason);
    expect(await readFile(dir.join("a.tar"), "utf8")).toBe("old");
    expect(await readdir(dir.path)).toEqual(["a.tar"]);
  });

  test("are there once the build has succeeded, and not before", async () => {
    await using dir = await tmpDir();
    const seen: string[] = [];
    const answer = async (call: FakeCall) => {
      seen.push(...(await readdir(dir.path)).filter((name) => !name.endsWith(".tmp")));
      succeed(call);
    };

    await build({ order: [1, 0], answer }, [
      { type: "tar", dest: dir.join("a.tar") },
      { type: "oci", dest: dir.join("b.tar") },
    ]);

    expect(seen).toEqual([]);
    expect(await readFile(dir.join("a.tar"), "utf8")).toBe("new 0");
    expect(await readFile(dir.join("b.tar"), "utf8")).toBe("new 1");
    expect(await readdir(dir.path)).toEqual(["a.tar", "b.tar"]);
  });

  test("fail the build at the first that cannot be put in its place, and leave nothing beside it", async () => {
    await using dir = await tmpDir();
    const answer = async (call: FakeCall) => {
      await mkdir(dir.join("b.tar/taken"), { recursive: true });
      succeed(call);
    };

    const building = build({ order: [2, 1, 0], answer }, [
      { type: "tar", dest: dir.join("a.tar") },
      { type: "tar", dest: dir.join("b.tar") },
      { type: "tar", dest: dir.join("c.tar") },
    ]);

    await expect(building).rejects.toMatchObject({
      code: "BK_EXPORT_FAILED",
      message: expect.stringContaining(dir.join("b.tar")),
    });
    expect(await readFile(dir.join("a.tar"), "utf8")).toBe("new 0");
    expect(await readdir(dir.path)).toEqual(["a.tar", "b.tar"]);
  });
});
