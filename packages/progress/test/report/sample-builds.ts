// SPDX-License-Identifier: Apache-2.0
import type { SolveFailure, SolveStatus, Vertex, VertexStatus } from "@bk/solver";
import { createReportCollector } from "../../src/report/collect-build.js";
import type { ReportData } from "../../src/report/report-data.js";
import { type ReportFacts, toReportData } from "../../src/report/to-report-data.js";
import { status, vertex } from "../statuses.js";

/** 2026-03-14 09:26:53 UTC, in nanoseconds. */
const START = 1_773_480_413_000_000_000n;

export function at(ms: number): bigint {
  return START + BigInt(Math.round(ms * 1000)) * 1000n;
}

export interface SampleStep {
  readonly name: string;
  readonly from?: number;
  readonly to?: number;
  readonly inputs?: readonly string[];
  readonly cached?: boolean;
  readonly error?: string;
  readonly log?: string;
  readonly transfers?: readonly {
    readonly id: string;
    readonly mb: number;
    readonly from: number;
    readonly to: number;
  }[];
}

/** The messages of a build whose steps are given by digest, with times in milliseconds. */
export function toStatuses(steps: Readonly<Record<string, SampleStep>>): readonly SolveStatus[] {
  return Object.entries(steps).map(([digest, step]) =>
    status({
      vertexes: [toVertex(digest, step)],
      statuses: (step.transfers ?? []).map((transfer) => toTransfer(digest, transfer)),
      logs: step.log
        ? [{ vertex: digest, stream: 1, data: Buffer.from(step.log), timestampNs: at(step.from ?? 0) }]
        : [],
    }),
  );
}

function toVertex(
  digest: string,
  { name, from, to, inputs = [], cached = false, error }: SampleStep,
): Vertex {
  return vertex({
    digest,
    name,
    inputs,
    cached,
    startedNs: from === undefined ? undefined : at(from),
    completedNs: to === undefined ? undefined : at(to),
    error,
  });
}

function toTransfer(
  digest: string,
  { id, mb, from, to }: NonNullable<SampleStep["transfers"]>[number],
): VertexStatus {
  return {
    ...{ id, vertex: digest, name: "", current: mb * 1e6, total: mb * 1e6 },
    ...{ timestampNs: at(to), startedNs: at(from), completedNs: at(to) },
  };
}

export function toReport(
  statuses: readonly SolveStatus[],
  facts: ReportFacts = { outcome: "completed" },
): ReportData {
  const collector = createReportCollector();
  for (const each of statuses) collector.update(each);
  return toReportData(collector.collected(), facts);
}

const NPM_LOG = `\u001b[1mnpm\u001b[0m \u001b[33mwarn\u001b[39m deprecated inflight@1.0.6: This module is not supported
added 412 packages in 8s

\u001b[32m✓\u001b[0m 0 vulnerabilities, \u001b[36m58\u001b[0m packages look for funding\n`;

/** Two stages side by side, a third that takes from both. */
const SMALL: Readonly<Record<string, SampleStep>> = {
  def: {
    name: "[internal] load build definition from Dockerfile",
    from: 0,
    to: 60,
    transfers: [{ id: "transferring dockerfile:", mb: 0.0012, from: 5, to: 30 }],
  },
  meta: { name: "[internal] load metadata for docker.io/library/node:20-slim", from: 70, to: 910 },
  context: {
    name: "[internal] load build context",
    from: 920,
    to: 1600,
    transfers: [{ id: "transferring context:", mb: 18.4, from: 930, to: 1590 }],
  },
  deps1: {
    name: "[deps 1/3] FROM docker.io/library/node:20-slim@sha256:4f1b…",
    from: 920,
    to: 4300,
    transfers: [
      {
        id: "sha256:a2318d6c47ec9cac5acc500c47c79602bcf953cec711a18bc898911a0984365b",
        mb: 29.1,
        from: 950,
        to: 2400,
      },
      {
        id: "sha256:7bb207bb4c18a2ae3b9fe86a8f3bc6bbbb4a8cbb5b6e4a4a6b4b8e8c1d2f3a4b",
        mb: 41.3,
        from: 950,
        to: 2900,
      },
      {
        id: "extracting sha256:a2318d6c47ec9cac5acc500c47c79602bcf953cec711a18bc898911a0984365b",
        mb: 0,
        from: 2900,
        to: 4280,
      },
    ],
  },
  deps2: {
    name: "[deps 2/3] COPY package.json package-lock.json ./",
    from: 4310,
    to: 4390,
    inputs: ["deps1", "context"],
  },
  deps3: {
    name: "[deps 3/3] RUN npm ci --omit=dev",
    from: 4400,
    to: 12_700,
    inputs: ["deps2"],
    log: NPM_LOG,
  },
  build2: { name: "[build 2/4] WORKDIR /src", from: 4310, to: 4330, inputs: ["deps1"], cached: true },
  build3: { name: "[build 3/4] COPY . .", from: 4400, to: 4720, inputs: ["build2", "context"] },
  build4: {
    name: "[build 4/4] RUN npm run build -- --minify",
    from: 4730,
    to: 10_100,
    inputs: ["build3"],
    log: "vite v8.3.4 building for production...\ntransforming (120)\rtransforming (874)\r✓ 874 modules transformed.\n\u001b[2mdist/\u001b[22m\u001b[36massets/index.js\u001b[39m  214.80 kB\n",
  },
  final1: {
    name: "[stage-2 1/3] COPY --from=deps /src/node_modules ./node_modules",
    from: 12_710,
    to: 14_050,
    inputs: ["deps3"],
  },
  final2: {
    name: "[stage-2 2/3] COPY --from=build /src/dist ./dist",
    from: 14_060,
    to: 14_190,
    inputs: ["final1", "build4"],
  },
  final3: {
    name: '[stage-2 3/3] RUN ["node", "--check", "dist/server.js"]',
    from: 14_200,
    to: 14_480,
    inputs: ["final2"],
  },
  export: {
    name: "exporting to image",
    from: 14_500,
    to: 16_300,
    transfers: [{ id: "exporting layers", mb: 0, from: 14_510, to: 15_900 }],
  },
};

export function smallBuild(): ReportData {
  const warning = {
    vertex: "def",
    level: 1,
    short:
      "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 19)",
    detail: [
      "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
    ],
    url: "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
    sourceInfo: undefined,
    ranges: [],
    source: {
      ...{ filename: "Dockerfile", line: 19, column: 1, endLine: 19 },
      lines: [
        { line: 17, text: "COPY --from=build /src/dist ./dist", marked: false },
        { line: 18, text: "", marked: false },
        { line: 19, text: "CMD node dist/server.js", marked: true },
      ],
    },
  };
  return toReport([...toStatuses(SMALL), status({ warnings: [warning] })], {
    title: "shop/frontend:1.4.2",
    ref: "k3p0v9m2q8xw1z",
    outcome: "completed",
  });
}

const FAILURE: SolveFailure = {
  message: 'process "/bin/sh -c npm run build -- --minify" did not complete successfully: exit code: 2',
  grpcCode: "Unknown",
  vertex: { digest: "build4", name: "[build 4/4] RUN npm run build -- --minify" },
  stage: "build",
  step: { number: 4, total: 4 },
  command: "RUN npm run build -- --minify",
  exitCode: 2,
  sources: [
    {
      ...{ filename: "Dockerfile", line: 12, column: 1, endLine: 12 },
      lines: [
        { line: 10, text: "WORKDIR /src", marked: false },
        { line: 11, text: "COPY . .", marked: false },
        { line: 12, text: "RUN npm run build -- --minify", marked: true },
        { line: 13, text: "", marked: false },
        { line: 14, text: "FROM node:20-slim", marked: false },
      ],
    },
  ],
  logs: [],
  denyMessages: [],
};

/** One step fails while another runs, which the daemon then cancels. */
export function failedBuild(): ReportData {
  const { final1: _1, final2: _2, final3: _3, export: _4, ...steps } = SMALL;
  const log = `vite v8.3.4 building for production...\n\u001b[31merror\u001b[39m src/cart.ts(41,18): Property 'total' does not exist on type 'Cart'.\n\u001b[31merror\u001b[39m src/cart.ts(57,9): Cannot find name 'formatPrice'.\nFound 2 errors.\n`;
  return toReport(
    toStatuses({
      ...steps,
      deps3: {
        ...SMALL["deps3"],
        name: "[deps 3/3] RUN npm ci --omit=dev",
        to: 9_930,
        error: "context canceled",
      },
      build4: {
        ...SMALL["build4"],
        name: FAILURE.vertex?.name ?? "",
        to: 9_900,
        error: FAILURE.message,
        log,
      },
      final1: { name: "[stage-2 1/3] COPY --from=deps /src/node_modules ./node_modules", inputs: ["deps3"] },
    }),
    { title: "shop/frontend:1.4.3", outcome: "failed", failure: FAILURE },
  );
}

/** A build of several platforms and many stages, the same each time. */
export function largeBuild(count = 2000): ReportData {
  const random = createRandom(7);
  const steps: Record<string, SampleStep> = {
    def: { name: "[internal] load build definition from Dockerfile", from: 0, to: 55 },
    context: {
      name: "[internal] load build context",
      from: 60,
      to: 2600,
      transfers: [{ id: "transferring context:", mb: 310, from: 70, to: 2590 }],
    },
  };
  const perStage = 20;
  const ends = new Map<string, number>();
  for (let at = 0; at < count - 3; at++) {
    const stage = Math.floor(at / perStage);
    const number = at % perStage;
    const platform = stage % 2 === 0 ? "linux/amd64" : "linux/arm64";
    const before = number > 0 ? `s${at - 1}` : stage < 8 ? "context" : `s${at - 7 * perStage - 1}`;
    const startMs = (ends.get(before) ?? 2600) + 5;
    const cached = random() < 0.3;
    const tookMs = cached ? 1 : 20 + random() ** 4 * 9000;
    ends.set(`s${at}`, startMs + tookMs);
    steps[`s${at}`] = {
      name: `[${platform} service-${Math.floor(stage / 2)} ${number + 1}/${perStage}] RUN make -C services/${stage} target-${number} VERBOSE=1`,
      ...{ from: startMs, to: startMs + tookMs, cached, inputs: [before] },
      ...(!cached && { log: Array.from({ length: 20 }, (_, line) => `cc -c part-${line}.c\n`).join("") }),
    };
  }
  const endMs = Math.max(...ends.values());
  steps["export"] = { name: "exporting to image", from: endMs + 10, to: endMs + 4200 };
  return toReport(toStatuses(steps), { title: "monorepo/everything:nightly", outcome: "completed" });
}

/** A small generator, so that the build is the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
