// SPDX-License-Identifier: Apache-2.0
import {
  findObject,
  readField,
  requireBase64,
  requireInt64,
  requireInteger,
  requireObjects,
  requireText,
  requireTextMap,
  requireTexts,
} from "./detail-fields.js";
import { isJsonObject, type JsonObject } from "./json-fields.js";
import type { SourceText } from "./source-snippet.js";

// Must match the daemon: moby/buildkit util/grpcerrors and solver/errdefs. A detail is a google.protobuf.Any
// whose type is "github.com/moby/buildkit/NAME+json" and whose value is JSON. The same messages in binary have no such
// ending, and any prefix.

/** One entry of `google.rpc.Status.details`. */
export interface DetailPayload {
  /** The type URL, or what follows its last slash. */
  readonly type: string;
  readonly value: Uint8Array;
}

/** What the daemon knows about the step that failed. */
export interface SolveDetail {
  readonly inputIds: readonly string[];
  readonly mountIds: readonly string[];
  /** The step's metadata: `llb.customname` and others. */
  readonly description: Readonly<Record<string, string>>;
  /** The step itself: protobuf JSON of `pb.Op`. Its environment may hold secrets. */
  readonly op: JsonObject | undefined;
  /** Which action of a file step failed. */
  readonly fileAction: number | undefined;
  /** Which part of a content-based cache key failed. */
  readonly contentCache: number | undefined;
}

export interface StackFrame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** A detail of a remote error, by what it says. */
export type ErrorDetail =
  | { readonly kind: "vertex"; readonly digest: string }
  | { readonly kind: "source"; readonly source: SourceText }
  | { readonly kind: "solve"; readonly solve: SolveDetail }
  | { readonly kind: "frontend"; readonly name: string; readonly source: string }
  | { readonly kind: "frontend-cap"; readonly name: string }
  | { readonly kind: "subrequest"; readonly name: string }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "deny-messages"; readonly messages: readonly string[] }
  | { readonly kind: "compatibility-feature"; readonly version: number; readonly feature: string }
  | { readonly kind: "provenance-materials-incomplete"; readonly materials: readonly JsonObject[] }
  | {
      readonly kind: "stack";
      readonly frames: readonly StackFrame[];
      readonly commandLine: readonly string[];
      readonly pid: number;
      readonly version: string;
      readonly revision: string;
    }
  | { readonly kind: "unknown"; readonly type: string; readonly value: Uint8Array };

const JSON_PREFIX = "github.com/moby/buildkit";
/** More details than this are not looked at. */
const MAX_DETAILS = 128;
/** A Dockerfile larger than this is cut; a range behind the cut has no snippet. */
const MAX_SOURCE_BYTES = 1 << 20;

/**
 * Decodes details in the order of the wire: the first belongs to the outermost error of the daemon. Types that
 * are not known are kept as `unknown`; known ones that do not decode are left out. Never throws.
 */
export async function decodeErrorDetails(
  payloads: readonly DetailPayload[],
): Promise<readonly ErrorDetail[]> {
  const details = await Promise.all(payloads.slice(0, MAX_DETAILS).map(decodeErrorDetail));
  return details.filter((detail) => detail !== undefined);
}

async function decodeErrorDetail({ type, value }: DetailPayload): Promise<ErrorDetail | undefined> {
  const slash = type.lastIndexOf("/");
  const name = type.slice(slash + 1);
  const isJson = name.endsWith("+json");
  const read = READERS.get(name.replace(/\+json$/, ""));
  if (read === undefined || (isJson && slash >= 0 && type.slice(0, slash) !== JSON_PREFIX))
    return { kind: "unknown", type, value };
  try {
    const json = isJson ? parseJson(value) : await decodeBinary(name, value);
    return isJsonObject(json) ? read(json) : undefined;
  } catch {
    return undefined;
  }
}

/** `null` stands for a message without any field; texts are made well-formed. */
function parseJson(value: Uint8Array): unknown {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(value);
  const toText = (_key: string, item: unknown) =>
    typeof item === "string" ? item.replace(/\p{Surrogate}/gu, "\ufffd") : item;
  return JSON.parse(text, toText) ?? {};
}

/** No daemon is known to send these, but its client reads them. The protobuf runtime is loaded for them alone. */
async function decodeBinary(name: string, value: Uint8Array): Promise<unknown> {
  const [{ createRegistry, fromBinary, toJson }, { file_errdefs_errdefs }, { file_stack_stack }] =
    await Promise.all([import("@bufbuild/protobuf"), import("@bk/proto/errdefs"), import("@bk/proto/stack")]);
  const schema = createRegistry(file_errdefs_errdefs, file_stack_stack).getMessage(name);
  return schema && toJson(schema, fromBinary(schema, value));
}

type DetailReader = (json: JsonObject) => ErrorDetail | undefined;

const READERS: ReadonlyMap<string, DetailReader> = new Map<string, DetailReader>([
  ["errdefs.Vertex", (json) => ({ kind: "vertex", digest: requireText(json, "digest") })],
  ["errdefs.Source", (json) => ({ kind: "source", source: readSource(json) })],
  ["errdefs.Solve", (json) => ({ kind: "solve", solve: readSolve(json) })],
  ["errdefs.Frontend", readFrontend],
  ["errdefs.FrontendCap", (json) => ({ kind: "frontend-cap", name: requireText(json, "name") })],
  ["errdefs.Subrequest", (json) => ({ kind: "subrequest", name: requireText(json, "name") })],
  ["errdefs.CompatibilityFeature", readCompatibilityFeature],
  ["errdefs.ProvenanceMaterialsIncomplete", readProvenance],
  ["gatewayapi.ExitMessage", readExit],
  ["policysession.DecisionResponse", readDecision],
  ["stack.Stack", readStack],
]);

/** An exit code that does not fit 32 bits says nothing; a missing one is 0 in JSON. */
function readExit(json: JsonObject): ErrorDetail | undefined {
  const code = readField(json, "Code") ?? 0;
  return typeof code === "number" && code === code >>> 0 ? { kind: "exit", code } : undefined;
}

function readFrontend(json: JsonObject): ErrorDetail {
  return { kind: "frontend", name: requireText(json, "name"), source: requireText(json, "source") };
}

function readCompatibilityFeature(json: JsonObject): ErrorDetail {
  return {
    kind: "compatibility-feature",
    version: requireInt64(json, "version"),
    feature: requireText(json, "feature"),
  };
}

function readProvenance(json: JsonObject): ErrorDetail {
  return { kind: "provenance-materials-incomplete", materials: requireObjects(json, "incomplete") };
}

/** A decision without messages adds nothing to the error. */
function readDecision(json: JsonObject): ErrorDetail | undefined {
  const messages = requireObjects(json, "denyMessages").map((entry) => requireText(entry, "message"));
  return messages.length === 0 ? undefined : { kind: "deny-messages", messages };
}

function readSource(json: JsonObject): SourceText {
  const info = findObject(json, "info");
  const ranges = requireObjects(json, "ranges").map((range) => {
    const start = findObject(range, "start") ?? {};
    return {
      startLine: requireInteger(start, "line"),
      startColumn: requireInteger(start, "character"),
      endLine: requireInteger(findObject(range, "end") ?? {}, "line"),
    };
  });
  // Without a file, ranges point nowhere.
  if (info === undefined) return { filename: "", text: "", ranges: [] };
  const text = requireBase64(info, "data").subarray(0, MAX_SOURCE_BYTES).toString("utf8");
  return { filename: requireText(info, "filename"), text, ranges };
}

function readSolve(json: JsonObject): SolveDetail {
  const [file, cache] = [findObject(json, "file"), findObject(json, "cache")];
  return {
    inputIds: requireTexts(json, "inputIDs"),
    mountIds: requireTexts(json, "mountIDs"),
    description: requireTextMap(json, "description"),
    op: findObject(json, "op"),
    fileAction: file && requireInt64(file, "index"),
    contentCache: cache && requireInt64(cache, "index"),
  };
}

function readStack(json: JsonObject): ErrorDetail {
  const frames = requireObjects(json, "frames").map((frame) => ({
    name: requireText(frame, "Name"),
    file: requireText(frame, "File"),
    line: requireInteger(frame, "Line"),
  }));
  return {
    kind: "stack",
    frames,
    commandLine: requireTexts(json, "cmdline"),
    pid: requireInteger(json, "pid"),
    version: requireText(json, "version"),
    revision: requireText(json, "revision"),
  };
}
