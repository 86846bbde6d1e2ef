// SPDX-License-Identifier: Apache-2.0
import type { ErrorDetail } from "./error-details.js";
import type { FailedVertex, FailureContext } from "./failure-context.js";
import { grpcCodeName, type RemoteStatus } from "./remote-status.js";
import { createSourceSnippet, type SourceSnippet } from "./source-snippet.js";
import { parseVertexName } from "./vertex-name.js";

/** Why and where a build failed: plain data that survives JSON. What is not known is left out. */
export interface SolveFailure {
  /** The daemon's text. */
  readonly message: string;
  /** Name of the gRPC status code; `Unknown` for most failures of a step. */
  readonly grpcCode: string;
  /** The step, as the status stream named it. */
  readonly vertex?: { readonly digest: string; readonly name: string };
  /** Stage of the Dockerfile. */
  readonly stage?: string;
  /** Position of the step in its stage, from 1. */
  readonly step?: { readonly number: number; readonly total: number };
  /** Platform of the step, in a multi-platform build. */
  readonly platform?: string;
  /** The instruction, as in the Dockerfile: `RUN make`. */
  readonly command?: string;
  /** Exit code of the command. */
  readonly exitCode?: number;
  /** Where in the Dockerfile, with the lines around it. */
  readonly source?: SourceSnippet;
  /** All places that the daemon named, `source` first. */
  readonly sources: readonly SourceSnippet[];
  /** Last lines of the step's output, at most 20. */
  readonly logs: readonly string[];
  /** Why a source policy refused the build. */
  readonly denyMessages: readonly string[];
  /** Where the frontend came from in which it failed: the reference of its image, or the daemon's own. */
  readonly frontend?: string;
  /** What the daemon or the frontend lacks, when that is why. */
  readonly reason?: FailureReason;
}

/** Something that a daemon or a frontend does not know, or that an attestation misses, by what it is. */
export type FailureReason = Extract<
  ErrorDetail,
  { kind: "frontend-cap" | "subrequest" | "compatibility-feature" | "provenance-materials-incomplete" }
>;

export interface SolveFailureParts {
  /** The error of the Solve call, or of the build history. */
  readonly remote?: RemoteStatus | undefined;
  /** What the status stream told. It explains a failure alone when the daemon's own error was lost. */
  readonly context?: FailureContext | undefined;
}

const MAX_MESSAGE_CHARS = 16 << 10;
const MAX_COMMAND_CHARS = 4 << 10;
const MAX_SNIPPET_LINES = 40;
const MAX_SNIPPET_LINE_CHARS = 500;
const MAX_SOURCES = 16;
const MAX_MATERIALS = 64;

/** Puts together all that is known of a failed build. */
export function createSolveFailure({ remote, context }: SolveFailureParts): SolveFailure {
  const details = remote?.details ?? [];
  const digest = last(details, "vertex")?.digest;
  const vertex = context?.failedVertex(digest) ?? (digest === undefined ? undefined : unnamedVertex(digest));
  const { platform, stage, step, command } = parseVertexName(vertexName(vertex, details));
  const message = remote?.message || vertex?.error || "the daemon did not say why";
  const exitCode =
    last(details, "exit")?.code ?? parseExitCode(message) ?? parseExitCode(vertex?.error ?? "");
  const sources = collectSources(details);
  const [source] = sources;
  const frontend = last(details, "frontend");
  const reason = findReason(details);
  return {
    message: message.slice(0, MAX_MESSAGE_CHARS),
    grpcCode: grpcCodeName(remote?.code ?? 2),
    ...(vertex !== undefined && { vertex: { digest: vertex.digest, name: vertex.name } }),
    ...(stage !== undefined && { stage }),
    ...(step !== undefined && { step }),
    ...(platform !== undefined && { platform }),
    ...(command !== "" && { command: command.slice(0, MAX_COMMAND_CHARS) }),
    ...(exitCode !== undefined && { exitCode }),
    ...(source !== undefined && { source }),
    sources,
    logs: vertex?.logs ?? [],
    denyMessages: details.flatMap((detail) => (detail.kind === "deny-messages" ? detail.messages : [])),
    ...(frontend !== undefined && { frontend: frontend.source || frontend.name }),
    ...(reason !== undefined && { reason }),
  };
}

/** The one nearest to the caller after decoding. */
function findReason(details: readonly ErrorDetail[]): FailureReason | undefined {
  for (const detail of details.toReversed()) {
    if (detail.kind === "frontend-cap" || detail.kind === "subrequest") return detail;
    if (detail.kind === "compatibility-feature") return detail;
    if (detail.kind === "provenance-materials-incomplete")
      return { ...detail, materials: detail.materials.slice(0, MAX_MATERIALS) };
  }
  return undefined;
}

function unnamedVertex(digest: string): FailedVertex {
  return { digest, name: "", error: "", logs: [] };
}

/** The daemon repeats a step's name in the details of the Solve call, where a lost status stream leaves it. */
function vertexName(vertex: FailedVertex | undefined, details: readonly ErrorDetail[]): string {
  if (vertex !== undefined && vertex.name !== "") return vertex.name;
  return last(details, "solve")?.solve.description["llb.customname"] ?? "";
}

/** Must match the daemon: the text of ExitError in moby/buildkit, executor and solver/llbsolver/ops/exec.go. */
function parseExitCode(message: string): number | undefined {
  const match = /did not complete successfully: exit code: (\d{1,10})/.exec(message);
  return match === null ? undefined : Number(match[1]);
}

/** The last detail of a kind on the wire belongs to the error nearest to the caller after decoding. */
function last<K extends ErrorDetail["kind"]>(
  details: readonly ErrorDetail[],
  kind: K,
): Extract<ErrorDetail, { kind: K }> | undefined {
  return details.findLast((detail): detail is Extract<ErrorDetail, { kind: K }> => detail.kind === kind);
}

function collectSources(details: readonly ErrorDetail[]): readonly SourceSnippet[] {
  const snippets = new Map<string, SourceSnippet>();
  for (const detail of details) {
    const snippet = detail.kind === "source" ? createSourceSnippet(detail.source) : undefined;
    if (snippet === undefined || snippets.size === MAX_SOURCES) continue;
    const key = `${snippet.filename}:${snippet.line}:${snippet.endLine}`;
    if (!snippets.has(key)) snippets.set(key, cutSnippet(snippet));
  }
  return [...snippets.values()];
}

function cutSnippet(snippet: SourceSnippet): SourceSnippet {
  const lines = snippet.lines.slice(0, MAX_SNIPPET_LINES).map((line) => ({
    ...line,
    text: line.text.slice(0, MAX_SNIPPET_LINE_CHARS),
  }));
  return { ...snippet, lines };
}
