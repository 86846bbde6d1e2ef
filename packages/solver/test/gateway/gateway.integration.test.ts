// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { integration, leakCheck, startRelay, tree, useEngine } from "@bk/testing";
import { createDialer, parseAddress, resolveDockerEndpoint } from "@bk/transport";
import { describe, expect, test } from "vitest";
import {
  checkBuild,
  createDaemon,
  createDockerDaemon,
  type Daemon,
  inspectBuild,
  listBuilds,
  listTargets,
  outlineBuild,
  runGateway,
} from "../../src/index.js";

interface OpenDaemon extends AsyncDisposable {
  readonly daemon: Daemon;
  /** Cuts the connection; only where there is a relay. */
  readonly cut: () => Promise<void>;
}

async function openDaemon(mode: string): Promise<OpenDaemon> {
  const engine = useEngine();
  if (mode === "embedded") {
    const env = { DOCKER_HOST: engine.dockerHost };
    const daemon = createDockerDaemon({ endpoint: (options) => resolveDockerEndpoint({ env, ...options }) });
    const cut = () => Promise.reject(new Error("there is no relay to cut"));
    return { daemon, cut, [Symbol.asyncDispose]: () => daemon.close() };
  }
  const relay = await startRelay({ dockerSocket: engine.dockerSocket, listen: "unix" });
  const daemon = createDaemon({ dialer: createDialer(parseAddress(relay.address)) });
  return {
    daemon,
    cut: () => relay.cutConnections(),
    async [Symbol.asyncDispose]() {
      await daemon.close();
      await relay.close();
    },
  };
}

const dockerfile = `# syntax=
FROM scratch AS base
# VERSION of the application
ARG VERSION=1.2
# app is what runs
FROM base as app
COPY file /dir/file
`;

integration.describe("the gateway", () => {
  leakCheck();

  describe.each(["embedded", "unix"])("%s", { timeout: 60_000 }, (mode) => {
    test("builds, reads what was built, and returns it", async () => {
      await using opened = await openDaemon(mode);
      await using context = await tree(
        'ADD Dockerfile file "FROM scratch\\nCOPY file /"',
        "ADD file file 0123456789",
      );
      const read: string[] = [];

      const { exporterResponse } = await runGateway(
        opened.daemon,
        { contextDir: context.path, exports: [{ type: "image" }] },
        async (gateway) => {
          expect(gateway.supports("return")).toBe(true);
          const result = await gateway.solve(gateway.buildRequest);
          const ref = result.ref ?? "";
          read.push(Buffer.from(await gateway.readFile(ref, "/file")).toString());
          read.push(Buffer.from(await gateway.readFile(ref, "file", { offset: 8, length: 5 })).toString());
          await expect(gateway.readFile(ref, "/none")).rejects.toMatchObject({ code: "BK_REQUEST_REFUSED" });
          return result;
        },
      );

      expect(read).toEqual(["0123456789", "89"]);
      expect(exporterResponse["containerimage.config.digest"]).toMatch(/^sha256:/);
    });

    test("explains a step that fails when its result is read, and records it", async () => {
      await using opened = await openDaemon(mode);
      await using context = await tree('ADD Dockerfile file "FROM scratch\\nCOPY none /"');
      const ref = randomUUID();

      const running = runGateway(opened.daemon, { contextDir: context.path, ref }, async (gateway) => {
        const result = await gateway.solve(gateway.buildRequest);
        await gateway.readFile(result.ref ?? "", "/none");
        return result;
      });

      await expect(running).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { command: "COPY none /", source: { filename: "Dockerfile", line: 2 } },
      });
      expect((await inspectBuild(opened.daemon, ref)).error?.message).toContain("not found");
    });

    test("explains a failure whose answer is too large to receive", async () => {
      await using opened = await openDaemon(mode);
      const text = `FROM scratch\n${"# a line that makes the Dockerfile long\n".repeat(2_000)}COPY none /\n`;
      await using context = await tree("ADD file file x");

      const running = runGateway(
        opened.daemon,
        { contextDir: context.path, dockerfile: { text } },
        (gateway) => gateway.solve({ ...gateway.buildRequest, evaluate: true }),
      );

      await expect(running).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { command: "COPY none /" },
      });
    });

    test("records the callback's error as that of the build", async () => {
      await using opened = await openDaemon(mode);
      await using context = await tree('ADD Dockerfile file "FROM scratch"');
      const ref = randomUUID();
      const error = new Error("not on a Friday");

      const running = runGateway(opened.daemon, { contextDir: context.path, ref }, () =>
        Promise.reject(error),
      );

      await expect(running).rejects.toBe(error);
      expect((await inspectBuild(opened.daemon, ref)).error?.message).toContain("not on a Friday");
    });

    test("ends when it is aborted while the callback waits", async () => {
      await using opened = await openDaemon(mode);
      await using context = await tree('ADD Dockerfile file "FROM scratch"');
      const aborter = new AbortController();
      const reason = new Error("enough");

      const running = runGateway(
        opened.daemon,
        { contextDir: context.path, signal: aborter.signal },
        async (gateway) => {
          const result = await gateway.solve(gateway.buildRequest);
          aborter.abort(reason);
          return await new Promise(() => result);
        },
      );

      await expect(running).rejects.toBe(reason);
    });

    test("asks for warnings, outline and targets, which leaves no record", async () => {
      await using opened = await openDaemon(mode);
      const ref = randomUUID();
      const options = { contextDir: ".", dockerfile: { text: dockerfile } };

      const check = await checkBuild(opened.daemon, { ...options, ref });
      const outline = await outlineBuild(opened.daemon, options);
      const { targets } = await listTargets(opened.daemon, options);

      expect(check).toMatchObject({
        statusCode: 1,
        warnings: [{ rule: "FromAsCasing", source: { filename: "Dockerfile", line: 6 } }],
      });
      expect(outline).toMatchObject({
        name: "app",
        description: "is what runs",
        args: [{ name: "VERSION", description: "of the application", value: "1.2", line: 4 }],
      });
      expect(targets).toMatchObject([
        { name: "base", base: "scratch", isDefault: false },
        { name: "app", base: "base", isDefault: true, line: 6 },
      ]);
      expect((await listBuilds(opened.daemon)).map((build) => build.ref)).not.toContain(ref);
    });
  });

  test("fails when the connection is lost while the callback runs", { timeout: 60_000 }, async () => {
    await using opened = await openDaemon("unix");
    await using context = await tree('ADD Dockerfile file "FROM scratch"');
    const seen: unknown[] = [];

    const running = runGateway(opened.daemon, { contextDir: context.path }, async (gateway) => {
      await opened.cut();
      return gateway.solve(gateway.buildRequest).catch((error: unknown) => {
        seen.push(error);
        throw error;
      });
    });

    await expect(running).rejects.toMatchObject({
      code: expect.stringMatching(/^BK_(CONNECTION|SESSION)_LOST$/),
    });
    expect(seen).toHaveLength(1);
  });
});
