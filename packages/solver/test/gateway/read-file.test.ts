// SPDX-License-Identifier: Apache-2.0
import { ReadFileRequestSchema, ReadFileResponseSchema } from "@bk/proto/gateway";
import { leakCheck, tree } from "@bk/testing";
import { createDialer, parseAddress } from "@bk/transport";
import { describe, expect, test } from "vitest";
import { createDaemon, type FileRange, runGateway } from "../../src/index.js";
import { BRIDGE_READ_FILE, type GatewayDaemon, startGatewayDaemon } from "../helpers/gateway-daemon.js";

const MIB = 1 << 20;

async function read({ fake }: GatewayDaemon, range?: FileRange): Promise<Uint8Array> {
  await using context = await tree('ADD Dockerfile file "FROM scratch"');
  await using daemon = createDaemon({ dialer: createDialer(parseAddress(fake.address)) });
  const files: Uint8Array[] = [];
  await runGateway(daemon, { contextDir: context.path }, async (gateway) => {
    const result = await gateway.solve(gateway.buildRequest);
    files.push(await gateway.readFile("tree-1", "/file", range));
    return result;
  });
  return files[0] ?? new Uint8Array();
}

/** Bytes that tell a piece in the wrong place. */
function pattern(size: number): Buffer {
  const file = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) file.writeUInt32LE(at, at);
  return file;
}

function countReads({ fake }: GatewayDaemon): number {
  return fake.calls.filter(({ path }) => path === BRIDGE_READ_FILE).length;
}

describe("Gateway.readFile()", () => {
  leakCheck();

  test.each([
    ["an empty file", 0, 1],
    ["a small file", 5, 1],
    ["a file of one piece", 4 * MIB, 2],
    ["a file larger than a message", 16 * MIB, 5],
  ])("reads %s to its end", async (_name, size, reads) => {
    const file = pattern(size);
    await using daemon = await startGatewayDaemon({ file });

    expect(Buffer.compare(await read(daemon), file)).toBe(0);
    expect(countReads(daemon)).toBe(reads);
  });

  test.each<[FileRange, string]>([
    [{ offset: 2, length: 3 }, "234"],
    [{ offset: 7 }, "789"],
    [{ length: 4 }, "0123"],
    [{ offset: 8, length: 100 }, "89"],
    [{ offset: 100, length: 1 }, ""],
    [{ length: 0 }, ""],
  ])("reads the range %j", async (range, expected) => {
    await using daemon = await startGatewayDaemon({ file: Buffer.from("0123456789") });

    expect(Buffer.from(await read(daemon, range)).toString()).toBe(expected);
  });

  test("refuses a file over 16 MiB, of which ranges can be read", async () => {
    await using daemon = await startGatewayDaemon({ file: pattern(16 * MIB + 8) });

    await expect(read(daemon)).rejects.toMatchObject({
      code: "BK_ANSWER_INVALID",
      message: expect.stringContaining('"/file" holds more than the 16 MiB'),
    });
    expect(countReads(daemon)).toBe(5);
  });

  test("reads the end of a larger file", async () => {
    const file = pattern(16 * MIB + 8);
    await using daemon = await startGatewayDaemon({ file });

    expect(Buffer.compare(await read(daemon, { offset: 16 * MIB - 8 }), file.subarray(-16))).toBe(0);
  });

  test.each<FileRange>([{ offset: -1 }, { offset: 0.5 }, { length: -1 }, { length: 16 * MIB + 1 }])(
    "asks the daemon nothing for the range %j",
    async (range) => {
      await using daemon = await startGatewayDaemon({ file: Buffer.from("x") });

      await expect(read(daemon, range)).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID" });
      expect(countReads(daemon)).toBe(0);
    },
  );

  test("refuses more bytes than were asked for", async () => {
    await using daemon = await startGatewayDaemon();
    daemon.fake.handle(BRIDGE_READ_FILE, async (call) => {
      const { range } = await call.receive(ReadFileRequestSchema);
      call.send(ReadFileResponseSchema, { data: new Uint8Array(Number(range?.length) + 1) });
      call.end();
    });

    await expect(read(daemon, { length: 10 })).rejects.toMatchObject({ code: "BK_ANSWER_INVALID" });
  });

  test("tells a file that is not there from a build that failed", async () => {
    await using daemon = await startGatewayDaemon();
    daemon.fake.handle(BRIDGE_READ_FILE, (call) =>
      call.end({ status: 2, message: "open /file: no such file or directory" }),
    );

    await expect(read(daemon)).rejects.toMatchObject({
      code: "BK_REQUEST_REFUSED",
      message: expect.stringMatching(/refused to read "\/file": open \/file: no such file or directory$/),
    });
  });
});
