// SPDX-License-Identifier: Apache-2.0
import { type Status, StatusSchema } from "@bk/proto/rpc";
import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeErrorDetails, type ErrorDetail } from "../src/error-details.js";
import { formatRemoteStatus, fromRpcStatus } from "../src/remote-status.js";
import { createSourceSnippet, formatSourceSnippet } from "../src/source-snippet.js";
import { loadVectors } from "./load-vectors.js";

interface StatusVector {
  readonly id: string;
  readonly kind: string;
  readonly grpc_status: string;
  readonly grpc_message: string;
  readonly grpc_status_details_bin?: string;
  readonly client: {
    readonly error: string;
    readonly code: number;
    readonly chain: readonly string[];
    readonly vertex?: string;
    readonly sources: readonly { readonly print: string }[];
    readonly frontends?: readonly { readonly name: string; readonly source?: string }[];
    readonly exit_code?: number;
    readonly solve?: Readonly<Record<string, unknown>>;
    readonly deny_messages?: readonly string[];
    readonly stacks?: readonly unknown[];
    readonly buildctl: string;
  };
}

const vectors = loadVectors<StatusVector>("solveerr").filter(({ kind }) => kind === "status");

function readTrailers(vector: StatusVector): Status {
  const details = vector.grpc_status_details_bin;
  if (details !== undefined) return fromBinary(StatusSchema, Buffer.from(details, "base64"));
  return create(StatusSchema, {
    code: Number(vector.grpc_status),
    message: decodeURIComponent(vector.grpc_message),
  });
}

function ofKind<K extends ErrorDetail["kind"]>(details: readonly ErrorDetail[], kind: K) {
  return details.filter((detail): detail is Extract<ErrorDetail, { kind: K }> => detail.kind === kind);
}

function printSources(details: readonly ErrorDetail[]): readonly string[] {
  return ofKind(details, "source").map(({ source }) => {
    const snippet = createSourceSnippet(source);
    return snippet === undefined ? "" : formatSourceSnippet(snippet);
  });
}

function optional<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

describe("a failed call, as the daemon's own client reads it", () => {
  test.each(vectors)("$id", async (vector) => {
    const remote = await fromRpcStatus(readTrailers(vector));
    const { details } = remote;
    const { client } = vector;
    expect(formatRemoteStatus(remote)).toBe(client.error);
    expect(remote.code).toBe(client.code);
    expect([...details.map(({ kind }) => kind).reverse(), "status"]).toEqual(client.chain);
    expect(ofKind(details, "vertex").at(-1)?.digest).toBe(client.vertex);
    expect(printSources(details)).toEqual(client.sources.map(({ print }) => print));
    expect(ofKind(details, "exit").at(-1)?.code).toBe(client.exit_code);
    const denied = ofKind(details, "deny-messages").flatMap(({ messages }) => messages);
    expect(optional(denied)).toEqual(client.deny_messages);
    const lines = [
      ...denied.map((message) => `policy deny: ${message}\n`),
      ...printSources(details),
      `error: failed to solve: ${formatRemoteStatus(remote)}\n`,
    ];
    expect(lines.join("")).toBe(client.buildctl);
  });

  test("se-frontend: names the frontend and where it came from", async () => {
    const { details, client } = await decodeVector("se-frontend");
    const [frontend] = ofKind(details, "frontend");
    expect({ name: frontend?.name, source: frontend?.source }).toEqual(client.frontends?.[0]);
  });

  test.each(["se-solve", "se-solve-file"])("%s: keeps the step and its results", async (id) => {
    const { details, client } = await decodeVector(id);
    const [detail] = ofKind(details, "solve");
    expect({
      inputIDs: detail?.solve.inputIds,
      mountIDs: detail?.solve.mountIds,
      description: detail?.solve.description,
      op: detail?.solve.op,
      ...(detail?.solve.fileAction !== undefined && { file: { index: String(detail.solve.fileAction) } }),
    }).toEqual(client.solve);
  });

  test("se-stack: keeps the daemon's stack", async () => {
    const { details, client } = await decodeVector("se-stack");
    const stacks = ofKind(details, "stack").map(({ frames, commandLine, pid, version, revision }) => ({
      frames: frames.map(({ name, file, line }) => ({ Name: name, File: file, Line: line })),
      cmdline: commandLine,
      pid,
      version,
      revision,
    }));
    expect(stacks).toEqual(client.stacks);
  });
});

async function decodeVector(id: string) {
  const vector = vectors.find((candidate) => candidate.id === id);
  if (vector === undefined) throw new Error(`no vector ${id}`);
  const { details } = await fromRpcStatus(readTrailers(vector));
  return { details, client: vector.client };
}

describe("decodeErrorDetails()", () => {
  const json = (text: string) => Buffer.from(text);

  test("keeps details of unknown types as they came", async () => {
    const value = new Uint8Array([1, 2, 3]);
    const type = "type.googleapis.com/google.rpc.RetryInfo";
    expect(await decodeErrorDetails([{ type, value }])).toEqual([{ kind: "unknown", type, value }]);
  });

  test("leaves out known details that do not decode", async () => {
    const broken = [
      { type: "errdefs.Vertex+json", value: json("{") },
      { type: "errdefs.Vertex+json", value: json("[]") },
      { type: "errdefs.Vertex", value: new Uint8Array([0xff]) },
      { type: "gatewayapi.ExitMessage+json", value: json('{"Code":"2"}') },
    ];
    expect(await decodeErrorDetails(broken)).toEqual([]);
  });

  test("reads at most 128 details", async () => {
    const payload = { type: "errdefs.Vertex+json", value: json('{"digest":"sha256:0"}') };
    expect(await decodeErrorDetails(Array.from({ length: 1000 }, () => payload))).toHaveLength(128);
  });

  test("cuts a source file of more than 1 MiB", async () => {
    const data = Buffer.alloc((1 << 20) + 100, "x").toString("base64");
    const value = json(JSON.stringify({ info: { data } }));
    const [detail] = await decodeErrorDetails([{ type: "errdefs.Source+json", value }]);
    expect(detail?.kind === "source" && detail.source.text.length).toBe(1 << 20);
  });

  test("never throws, whatever JSON a known type holds", async () => {
    const types = [
      "Vertex",
      "Source",
      "Solve",
      "Frontend",
      "CompatibilityFeature",
      "ProvenanceMaterialsIncomplete",
    ].map((name) => `errdefs.${name}+json`);
    const others = ["stack.Stack+json", "policysession.DecisionResponse+json", "gatewayapi.ExitMessage+json"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types, ...others), fc.json(), async (type, text) => {
        for (const detail of await decodeErrorDetails([{ type, value: json(text) }])) {
          if (detail.kind === "source") createSourceSnippet(detail.source);
        }
      }),
      { numRuns: 300 },
    );
  });
});
