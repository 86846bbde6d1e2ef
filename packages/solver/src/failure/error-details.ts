// SPDX-License-Identifier: Apache-2.0
import {
  isJsonObject,
  type JsonObject,
  readInteger,
  readObject,
  readObjects,
  readString,
  readStringMap,
  readStrings,
} from "./json-fields.js";
import type { SourceText } from "./source-snippet.js";

// Must match the daemon: moby/buildkit util/grpcerrors and solver/errdefs. A detail is a google.protobuf.Any
// whose type ends in "+json" and whose value is JSON; the same messages in binary have no such ending.

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
  readonly op: JsonObject;
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
  const name = type.slice(type.lastIndexOf("/") + 1);
  const read = READERS.get(name.replace(/\+json$/, ""));
  if (read === undefined) return { kind: "unknown", type, value };
  const json = name.endsWith("+json") ? parseJson(value) : await decodeBinary(name, value);
  return isJsonObject(json) ? read(json) : undefined;
}

function parseJson(value: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(value));
  } catch {
    return undefined;
  }
}

/** No daemon is known to send these, but its client reads them. The protobuf runtime is loaded for them alone. */
async function decodeBinary(name: string, value: Uint8Array): Promise<unknown> {
  const [{ createRegistry, fromBinary, toJson }, { file_errdefs_errdefs }, { file_stack_stack }] =
    await Promise.all([import("@bufbuild/protobuf"), import("@bk/proto/errdefs"), import("@bk/proto/stack")]);
  const schema = createRegistry(file_errdefs_errdefs, file_stack_stack).getMessage(name);
  if (schema === undefined) return undefined;
  try {
    return toJson(schema, fromBinary(schema, value));
  } catch {
    return undefined;
  }
}

type DetailReader = (json: JsonObject) => ErrorDetail | undefined;

const READERS: ReadonlyMap<string, DetailReader> = new Map<string, DetailReader>([
  ["errdefs.Vertex", (json) => ({ kind: "vertex", digest: readString(json, "digest") })],
  ["errdefs.Source", (json) => ({ kind: "source", source: readSource(json) })],
  ["errdefs.Solve", (json) => ({ kind: "solve", solve: readSolve(json) })],
  ["errdefs.Frontend", readFrontend],
  ["errdefs.FrontendCap", (json) => ({ kind: "frontend-cap", name: readString(json, "name") })],
  ["errdefs.Subrequest", (json) => ({ kind: "subrequest", name: readString(json, "name") })],
  ["errdefs.CompatibilityFeature", readCompatibilityFeature],
  ["errdefs.ProvenanceMaterialsIncomplete", readProvenance],
  ["gatewayapi.ExitMessage", readExit],
  ["policysession.DecisionResponse", readDecision],
  ["stack.Stack", readStack],
]);

/** An exit code that is not a number says nothing; a missing one is 0 in JSON. */
function readExit(json: JsonObject): ErrorDetail | undefined {
  const code = json["Code"] ?? 0;
  return typeof code === "number" ? { kind: "exit", code } : undefined;
}

function readFrontend(json: JsonObject): ErrorDetail {
  return { kind: "frontend", name: readString(json, "name"), source: readString(json, "source") };
}

function readCompatibilityFeature(json: JsonObject): ErrorDetail {
  return {
    kind: "compatibility-feature",
    version: readInteger(json, "version"),
    feature: readString(json, "feature"),
  };
}

function readProvenance(json: JsonObject): ErrorDetail {
  return { kind: "provenance-materials-incomplete", materials: readObjects(json, "incomplete") };
}

function readDecision(json: JsonObject): ErrorDetail {
  const messages = readObjects(json, "denyMessages").map((entry) => readString(entry, "message"));
  return { kind: "deny-messages", messages };
}

function readSource(json: JsonObject): SourceText {
  const info = readObject(json, "info");
  const data = Buffer.from(readString(info, "data"), "base64");
  return {
    filename: readString(info, "filename"),
    text: data.subarray(0, MAX_SOURCE_BYTES).toString("utf8"),
    // Without a file, ranges point nowhere.
    ranges: (isJsonObject(json["info"]) ? readObjects(json, "ranges") : []).map((range) => {
      const start = readObject(range, "start");
      return {
        startLine: readInteger(start, "line"),
        startColumn: readInteger(start, "character"),
        endLine: readInteger(readObject(range, "end"), "line"),
      };
    }),
  };
}

function readSolve(json: JsonObject): SolveDetail {
  return {
    inputIds: readStrings(json, "inputIDs"),
    mountIds: readStrings(json, "mountIDs"),
    description: readStringMap(json, "description"),
    op: readObject(json, "op"),
    fileAction: isJsonObject(json["file"]) ? readInteger(json["file"], "index") : undefined,
    contentCache: isJsonObject(json["cache"]) ? readInteger(json["cache"], "index") : undefined,
  };
}

function readStack(json: JsonObject): ErrorDetail {
  const frames = readObjects(json, "frames").map((frame) => ({
    name: readString(frame, "Name"),
    file: readString(frame, "File"),
    line: readInteger(frame, "Line"),
  }));
  return {
    kind: "stack",
    frames,
    commandLine: readStrings(json, "cmdline"),
    pid: readInteger(json, "pid"),
    version: readString(json, "version"),
    revision: readString(json, "revision"),
  };
}
