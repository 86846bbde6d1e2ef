// SPDX-License-Identifier: Apache-2.0
import { startFakeDaemon } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { Headers as Light } from "../src/bundled/headers.js";
import { runBk } from "./bk.js";

describe.each([
  ["Node's Headers", Headers],
  ["those of the bundle", Light],
])("%s", (_, Kind) => {
  test.each([
    ["a record", { "Content-Type": "a", b: "c" }],
    [
      "pairs, of which one name comes twice",
      [
        ["X", "1"],
        ["x", "2"],
        ["a", ""],
      ] as [string, string][],
    ],
    ["others", new Kind({ z: "1", a: "2" })],
  ])("are made of %s", (_, init) => {
    expect([...new Kind(init as [string, string][])]).toEqual([
      ...new Headers([...new Kind(init as [string, string][])]),
    ]);
  });

  test("ignore case, and join what is added to a name", () => {
    const headers = new Kind();
    headers.append("Grpc-Status", "0");
    headers.append("grpc-status", "1");
    headers.set("B", "2");
    headers.delete("b");
    const visited: unknown[] = [];
    headers.forEach((value: string, name: string) => void visited.push([name, value]));
    expect(headers.get("GRPC-STATUS")).toBe("0, 1");
    expect([headers.get("b"), headers.has("b"), headers.has("Grpc-status")]).toEqual([null, false, true]);
    expect(visited).toEqual([["grpc-status", "0, 1"]]);
    expect([...headers.entries()]).toEqual(visited);
  });
});

test("a call to the daemon does not load Node's fetch, of which Headers are part", async () => {
  await using daemon = await startFakeDaemon();
  daemon.handle("/moby.buildkit.v1.Control/Info", (call) => {
    call.sendBytes(new Uint8Array());
    call.end();
  });
  // Node puts the class in place of the getter when it is first asked for.
  const probe = `process.on("exit", () => {
    const { get } = Object.getOwnPropertyDescriptor(globalThis, "Headers");
    console.error(get ? "unused" : "used");
  })`;
  const nodeArgs = ["--import", `data:text/javascript,${encodeURIComponent(probe)}`];
  const args = ["ping", "--builder", daemon.address];
  expect(await runBk(args, { nodeArgs })).toMatchObject({ exitCode: 0, stderr: "unused\n" });
});
