// SPDX-License-Identifier: Apache-2.0
import { joinSessionTunnel, openSessionPeer, startFakeDaemon, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type FrontendFlags, toFrontendOptions } from "../src/frontend-flags.js";
import { UsageError } from "../src/usage-error.js";
import { runBk } from "./bk.js";

describe("--frontend and --opt", () => {
  test.each<[string, FrontendFlags, object | undefined]>([
    ["nothing", {}, undefined],
    ["an image", { frontend: "docker/dockerfile:1" }, { image: "docker/dockerfile:1", attrs: {} }],
    ["buildctl's name for the daemon's own", { frontend: "dockerfile.v0" }, { attrs: {} }],
    [
      "buildctl's way to name an image",
      { frontend: "gateway.v0", opt: ["source=r.io/my/frontend", "a=b=c"] },
      { image: "r.io/my/frontend", attrs: { a: "b=c" } },
    ],
    [
      "attributes alone",
      { opt: ["multi-platform=1", "empty="] },
      { attrs: { "multi-platform": "1", empty: "" } },
    ],
  ])("reads %s", (_, flags, options) => {
    expect(toFrontendOptions(flags)).toEqual(options);
  });

  test.each<[string, FrontendFlags]>([
    ["an attribute without a value", { opt: ["a"] }],
    ["an attribute without a name", { opt: ["=a"] }],
    ["gateway.v0 without an image", { frontend: "gateway.v0", opt: ["a=b"] }],
  ])("refuses %s", (_, flags) => {
    expect(() => toFrontendOptions(flags)).toThrow(UsageError);
  });

  test("reach the daemon", async () => {
    let request: Buffer | undefined;
    await using daemon = await startFakeDaemon({
      handlers: {
        "/moby.buildkit.v1.Control/Session"(call) {
          openSessionPeer(joinSessionTunnel(call)); // ends with the call
        },
        async "/moby.buildkit.v1.Control/Solve"(call) {
          request = await call.nextMessage();
          call.end({ status: 2, message: "that will do" });
        },
      },
    });
    await using context = await tree('ADD Dockerfile file "FROM scratch"');

    const flags = ["--frontend", "r.io/my/frontend", "--opt", "multi-platform=1", "-o", "type=cacheonly"];
    const { exitCode, stderr } = await runBk(["build", ...flags, context.path], {
      env: { BUILDKIT_HOST: daemon.address },
    });

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("that will do"),
    });
    for (const text of ["gateway.v0", "source\x12\x10r.io/my/frontend", "multi-platform\x12\x011"])
      expect(request?.toString("latin1")).toContain(text);
  });
});
