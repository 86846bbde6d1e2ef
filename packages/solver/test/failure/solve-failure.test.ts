// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { SolverError } from "../../src/errors.js";
import { createFailureContext } from "../../src/failure/failure-context.js";
import { formatSolveFailure, summarizeSolveFailure } from "../../src/failure/failure-text.js";
import type { RemoteStatus } from "../../src/failure/remote-status.js";
import { createSolveError } from "../../src/failure/solve-error.js";
import { createSolveFailure } from "../../src/failure/solve-failure.js";
import { log, status, vertex } from "../status-messages.js";

const dockerfile = "FROM scratch AS build\n\nCOPY a /\nCOPY b /\n\nENV x=1\nRUN make\n";
const processText = 'process "/bin/sh -c make" did not complete successfully: exit code: 2';
const endpoint = "unix:///run/buildkit.sock";

const remote: RemoteStatus = {
  code: 2,
  message: processText,
  details: [
    {
      kind: "source",
      source: {
        filename: "Dockerfile",
        text: dockerfile,
        ranges: [{ startLine: 7, startColumn: 0, endLine: 7 }],
      },
    },
    { kind: "vertex", digest: "sha256:a" },
    { kind: "exit", code: 2 },
  ],
};

function watchFailingMake() {
  const context = createFailureContext();
  context.add(status({ vertexes: [vertex({ digest: "sha256:a", name: "[build 3/4] RUN make" })] }));
  context.add(status({ logs: [log("sha256:a", "cc main.c\nmake: *** [all] Error 2\n")] }));
  context.add(status({ vertexes: [vertex({ digest: "sha256:a", error: processText, completedNs: 2n })] }));
  return context;
}

describe("a failed RUN", () => {
  const failure = createSolveFailure({ remote, context: watchFailingMake() });

  test("is told in one line", () => {
    expect(summarizeSolveFailure(failure)).toBe(
      "Build failed at Dockerfile:7: RUN make (stage build, step 3/4): exit code 2",
    );
  });

  test("is told with the Dockerfile's lines and the last output", () => {
    expect(formatSolveFailure(failure)).toBe(
      `Build failed at Dockerfile:7: RUN make (stage build, step 3/4): exit code 2

Dockerfile:7
--------------------
   5 |     
   6 |     ENV x=1
   7 | >>> RUN make
   8 |     
--------------------

Last lines of output:
  cc main.c
  make: *** [all] Error 2
`,
    );
  });

  test("is plain data that survives JSON", () => {
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
    expect(failure).toMatchObject({
      message: processText,
      grpcCode: "Unknown",
      vertex: { digest: "sha256:a", name: "[build 3/4] RUN make" },
      stage: "build",
      step: { number: 3, total: 4 },
      command: "RUN make",
      exitCode: 2,
      source: { filename: "Dockerfile", line: 7, column: 1, endLine: 7 },
      logs: ["cc main.c", "make: *** [all] Error 2"],
    });
  });
});

describe("createSolveFailure()", () => {
  test("explains a failure from the status stream when the daemon's answer was lost", () => {
    const failure = createSolveFailure({ context: watchFailingMake() });
    expect(summarizeSolveFailure(failure)).toBe(
      "Build failed: RUN make (stage build, step 3/4): exit code 2",
    );
    expect(failure.logs).toHaveLength(2);
  });

  test("explains a failure from the daemon's answer when the status stream was lost", () => {
    const solve = {
      inputIds: [],
      mountIds: [],
      description: { "llb.customname": "[build 3/4] RUN make" },
      op: { exec: { meta: { env: ["TOKEN=hunter2"] } } },
      fileAction: undefined,
      contentCache: undefined,
    };
    const failure = createSolveFailure({
      remote: { ...remote, details: [...remote.details, { kind: "solve", solve }] },
    });
    expect(summarizeSolveFailure(failure)).toBe(
      "Build failed at Dockerfile:7: RUN make (stage build, step 3/4): exit code 2",
    );
    expect(JSON.stringify(failure)).not.toContain("hunter2");
  });

  test("shows a place once that the daemon named twice", () => {
    const details = [...remote.details, ...remote.details];
    expect(createSolveFailure({ remote: { ...remote, details } }).sources).toHaveLength(1);
  });

  test("cuts what a hostile daemon may make long", () => {
    const text = "x\n".repeat(10_000);
    const source = { filename: "f", text, ranges: [{ startLine: 1, startColumn: 0, endLine: 10_000 }] };
    const message = "m".repeat(1 << 20);
    const failure = createSolveFailure({
      remote: { code: 2, message, details: [{ kind: "source", source }] },
    });
    expect(failure.source?.lines).toHaveLength(40);
    expect(failure.message.length).toBe(16 << 10);
    expect(summarizeSolveFailure(failure).length).toBeLessThan(1200);
  });

  test("keeps why a policy refused the build", () => {
    const details = [{ kind: "deny-messages", messages: ["no docker.io"] }] as const;
    const failure = createSolveFailure({ remote: { code: 2, message: "source denied by policy", details } });
    expect(formatSolveFailure(failure)).toBe(
      "Build failed: source denied by policy\nDenied by policy: no docker.io\n",
    );
  });
});

describe("summarizeSolveFailure()", () => {
  test("stays one line that a terminal takes as text", () => {
    const message = "first\nsecond \u001b[31mred\u001b[0m \u0007";
    expect(summarizeSolveFailure(createSolveFailure({ remote: { code: 2, message, details: [] } }))).toBe(
      "Build failed: first second red",
    );
  });
});

describe("createSolveError()", () => {
  test("is the build's failure, as JSON too", () => {
    const cause = new Error("rpc");
    const error = createSolveError({ endpoint, remote, context: watchFailingMake(), cause });
    expect(SolverError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: "BK_SOLVE_FAILED", cause });
    const json = JSON.parse(JSON.stringify(error));
    expect(json).toMatchObject({ code: "BK_SOLVE_FAILED", message: error.message, failure: { exitCode: 2 } });
  });

  test("tells a daemon that is gone from a registry that does not answer", () => {
    const unavailable: RemoteStatus = { code: 14, message: "no answer", details: [] };
    expect(createSolveError({ endpoint, remote: unavailable })).toMatchObject({
      code: "BK_DAEMON_UNAVAILABLE",
      message: `Lost the BuildKit daemon at ${endpoint}: Unavailable: no answer`,
    });
    const step: RemoteStatus = { ...unavailable, details: [{ kind: "vertex", digest: "sha256:a" }] };
    expect(createSolveError({ endpoint, remote: step }).code).toBe("BK_SOLVE_FAILED");
  });

  test("needs no answer at all", () => {
    expect(createSolveError({ endpoint }).code).toBe("BK_DAEMON_UNAVAILABLE");
    expect(createSolveError({ endpoint, context: watchFailingMake() }).code).toBe("BK_SOLVE_FAILED");
  });

  test("tells a build that the daemon canceled", () => {
    const canceled: RemoteStatus = { code: 1, message: "context canceled", details: [] };
    expect(createSolveError({ endpoint, remote: canceled }).code).toBe("BK_SOLVE_CANCELED");
  });
});

describe("a failure over what is missing", () => {
  test.each([
    { kind: "frontend-cap", name: "moby.buildkit.frontend.contexts" },
    { kind: "subrequest", name: "frontend.lint" },
    { kind: "compatibility-feature", version: 30, feature: "source-dates" },
    { kind: "provenance-materials-incomplete", materials: [{ uri: "pkg:docker/alpine" }] },
  ] as const)("says so as data: $kind", (reason) => {
    const failure = createSolveFailure({
      remote: {
        code: 12,
        message: "unsupported",
        details: [{ kind: "frontend", name: "dockerfile.v0", source: "docker/dockerfile:1" }, reason],
      },
    });

    expect(failure).toMatchObject({ grpcCode: "Unimplemented", frontend: "docker/dockerfile:1", reason });
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  });
});
