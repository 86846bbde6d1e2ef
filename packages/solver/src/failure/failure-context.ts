// SPDX-License-Identifier: Apache-2.0

import type { SolveStatus, Vertex, VertexLog } from "../status/status-types.js";
import { createLogTail, type LogTail } from "./log-tail.js";

/** A step that failed, as far as the status stream told. */
export interface FailedVertex {
  readonly digest: string;
  readonly name: string;
  /** The daemon's text; empty when only the digest is known to have failed. */
  readonly error: string;
  /** Last lines of its output. */
  readonly logs: readonly string[];
}

/** What has to be remembered of a status stream to explain a failure afterwards. */
export interface FailureContext {
  add(status: SolveStatus): void;
  /** The step with this digest; without one, or when it is unknown, the first that failed by itself. */
  failedVertex(digest?: string): FailedVertex | undefined;
}

const TAIL_LINES = 20;
const TAIL_BYTES = 8 << 10;
/** Steps whose output is held at a time: the daemon runs far fewer at once. */
const MAX_TAILS = 256;
const MAX_VERTEXES = 10_000;
const MAX_NAME_CHARS = 4 << 10;
const MAX_ERROR_CHARS = 16 << 10;

interface VertexRecord {
  name: string;
  error: string;
  succeeded: boolean;
}

/** Collects names, errors and the end of each running step's output, within fixed bounds (3 MB of output). */
export function createFailureContext(): FailureContext {
  const vertexes = new Map<string, VertexRecord>();
  const tails = new Map<string, LogTail>();
  const failed: string[] = [];

  function addLog({ vertex, data }: VertexLog): void {
    if (vertexes.get(vertex)?.succeeded === true) return;
    let tail = tails.get(vertex);
    if (tail === undefined) {
      dropOldest(tails, MAX_TAILS, failed);
      tail = createLogTail({ maxLines: TAIL_LINES, maxBytes: TAIL_BYTES });
      tails.set(vertex, tail);
    }
    tail.append(data);
  }

  function addVertex({ digest, name, error, completedNs }: Vertex): void {
    let record = vertexes.get(digest);
    if (record === undefined) {
      dropOldest(vertexes, MAX_VERTEXES, failed);
      record = { name: "", error: "", succeeded: false };
      vertexes.set(digest, record);
    }
    if (name !== "") record.name = name.slice(0, MAX_NAME_CHARS);
    record.succeeded = completedNs !== undefined && error === undefined;
    if (record.succeeded) tails.delete(digest);
    if (error === undefined || record.error !== "") return;
    record.error = error.slice(0, MAX_ERROR_CHARS);
    if (failed.length < MAX_TAILS) failed.push(digest);
  }

  function describe(digest: string): FailedVertex | undefined {
    const record = vertexes.get(digest);
    if (record === undefined) return undefined;
    return { digest, name: record.name, error: record.error, logs: tails.get(digest)?.lines() ?? [] };
  }

  return {
    add(status) {
      // Logs first: the last output of a step may share a message with its end.
      for (const log of status.logs) addLog(log);
      for (const vertex of status.vertexes) addVertex(vertex);
    },
    failedVertex(digest) {
      const known = digest === undefined ? undefined : describe(digest);
      if (known !== undefined) return known;
      // When one step fails the daemon cancels the others, which then report an error of their own.
      const culprit = failed.find((candidate) => !isCancellation(vertexes.get(candidate)?.error ?? ""));
      const first = culprit ?? failed[0];
      return first === undefined ? undefined : describe(first);
    },
  };
}

/** Whether a step was ended because something else had failed or gone. */
export function isCancellation(error: string): boolean {
  return /context cancell?ed$/i.test(error);
}

/** Makes room for one more entry; what failed stays. */
function dropOldest<T>(map: Map<string, T>, maxEntries: number, keep: readonly string[]): void {
  if (map.size < maxEntries) return;
  for (const key of map.keys()) {
    if (keep.includes(key)) continue;
    map.delete(key);
    return;
  }
}
