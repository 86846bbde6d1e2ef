// SPDX-License-Identifier: Apache-2.0
import { StatusSchema } from "@bk/proto/rpc";
import {
  createSourceSnippet,
  decodeErrorDetails,
  formatRemoteStatus,
  formatSourceSnippet,
  fromRpcStatus,
} from "@bk/solver/remote-error";
import { create, fromBinary } from "@bufbuild/protobuf";
import { bytesOf } from "../lib/bytes.mjs";
import { expectEqual } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { textOf } from "../lib/text.mjs";

const STATUS_KEYS = [
  ...[
    "id",
    "kind",
    "built_from",
    "grpc_status",
    "grpc_message",
    "grpc_status_details_bin",
    "status",
    "client",
  ],
];
const CLIENT_KEYS = [
  ...["error", "code", "chain", "vertex", "sources", "frontends", "exit_code", "solve", "deny_messages"],
  ...["stacks", "buildctl"],
];

/** Errors of a failed solve: from the trailers to what a person reads. */
export const solveerr = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  switch (vector.kind) {
    case "status":
      return runStatus(vector);
    case "source-print":
      return runSourcePrint(vector);
    default:
      throw new Error(`the runner does not know the kind ${vector.kind}`);
  }
}

async function runSourcePrint(vector) {
  checkKeys(vector.id, vector, ["id", "kind", "group", "source", "print"]);
  const value = Buffer.from(JSON.stringify(vector.source));
  const [detail] = await decodeErrorDetails([
    { type: "github.com/moby/buildkit/errdefs.Source+json", value },
  ]);
  expectEqual("print", printSource(detail), textOf(vector.print));
}

async function runStatus(vector) {
  checkKeys(vector.id, vector, STATUS_KEYS);
  const { client } = vector;
  checkKeys("client", client, CLIENT_KEYS);
  const remote = await fromRpcStatus(readTrailers(vector));
  const outermostFirst = nestAsGo(remote.details);
  const find = (kind) => outermostFirst.find((detail) => detail.kind === kind);
  const denied = listOf(ofKind(remote, "deny-messages").flatMap(({ messages }) => messages));
  const prints = ofKind(remote, "source").map(printSource);
  expectEqual("error", formatRemoteStatus(remote), textOf(client.error));
  expectEqual("code", remote.code, client.code);
  expectEqual("chain", [...outermostFirst.map(({ kind }) => kind), "status"], client.chain);
  expectEqual("vertex", find("vertex")?.digest, client.vertex);
  expectEqual(
    "sources",
    prints,
    client.sources.map(({ print }) => textOf(print)),
  );
  expectEqual("exit_code", find("exit")?.code, client.exit_code);
  expectEqual("solve", toSolveJson(find("solve")?.solve), client.solve);
  expectEqual("deny_messages", denied, client.deny_messages);
  expectEqual("frontends", listOf(ofKind(remote, "frontend").map(toFrontendJson)), client.frontends);
  expectEqual("stacks", listOf(ofKind(remote, "stack").map(toStackJson)), client.stacks);
  const policy = (denied ?? []).filter(Boolean).map((message) => `policy deny: ${message}\n`);
  const lines = [...prints, ...policy, `error: failed to solve: ${formatRemoteStatus(remote)}\n`];
  expectEqual("buildctl", lines.join(""), textOf(client.buildctl));
}

/**
 * Go's decoding turns the nesting round: the first detail on the wire is the innermost error, but stacks are inside all
 * others.
 */
function nestAsGo(details) {
  const known = details.filter(({ kind }) => kind !== "unknown").toReversed();
  const isStack = ({ kind }) => kind === "stack";
  return [...known.filter((detail) => !isStack(detail)), ...known.filter(isStack)];
}

function readTrailers(vector) {
  const details = vector.grpc_status_details_bin;
  if (details !== undefined) return fromBinary(StatusSchema, Buffer.from(details, "base64"));
  return create(StatusSchema, {
    code: Number(vector.grpc_status),
    message: decodeMessage(bytesOf(vector.grpc_message)),
  });
}

/** Any byte may be escaped. */
function decodeMessage(message) {
  const bytes = message.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function ofKind(remote, kind) {
  return remote.details.filter((detail) => detail.kind === kind);
}

function printSource(detail) {
  const snippet = createSourceSnippet(detail.source);
  return snippet === undefined ? "" : formatSourceSnippet(snippet);
}

function listOf(items) {
  return items.length === 0 ? undefined : items;
}

function toFrontendJson({ name, source }) {
  return source === "" ? { name } : { name, source };
}

function toStackJson({ frames, commandLine, pid, version, revision }) {
  return {
    frames: frames.map(({ name, file, line }) => ({ Name: name, File: file, Line: line })),
    cmdline: commandLine,
    pid,
    version,
    revision,
  };
}

function toSolveJson(solve) {
  if (solve === undefined) return undefined;
  const { inputIds, mountIds, op, description, fileAction, contentCache } = solve;
  return {
    ...(inputIds.length > 0 && { inputIDs: inputIds }),
    ...(mountIds.length > 0 && { mountIDs: mountIds }),
    ...(op !== undefined && { op }),
    ...(Object.keys(description).length > 0 && { description }),
    ...(fileAction !== undefined && { file: toIndexJson(fileAction) }),
    ...(contentCache !== undefined && { cache: toIndexJson(contentCache) }),
  };
}

function toIndexJson(index) {
  return index === 0 ? {} : { index: String(index) };
}
