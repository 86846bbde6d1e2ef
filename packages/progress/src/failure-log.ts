// SPDX-License-Identifier: Apache-2.0
import type { SolveStatus, Vertex, VertexLog } from "@bk/solver";
import { formatBytes } from "./numbers.js";
import { type ByteTail, createByteTail } from "./state/byte-tail.js";

/** Of one step; what came before is counted. */
const MAX_STEP_BYTES = 64 << 10;
/** Steps whose output is kept while they run, and as many that failed. */
const MAX_STEPS = 128;

interface StepLog {
  readonly name: string;
  readonly output: ByteTail;
}

/** Keeps the end of what each step that runs prints, for the case that it fails. */
export interface FailureLog {
  update(status: SolveStatus): void;
  /** The last output of the steps that failed by themselves, as they wrote it. */
  format(): Uint8Array;
}

/** Of more than 128 steps that run at once, those that have been silent for longest lose their output. */
export function createFailureLog(): FailureLog {
  const running = new Map<string, ByteTail>();
  const failed = new Map<string, StepLog>();

  function addVertex({ digest, name, error, completedNs }: Vertex): void {
    if (error !== undefined && !error.endsWith("context canceled")) {
      const output = failed.get(digest)?.output ?? running.get(digest) ?? createByteTail(MAX_STEP_BYTES);
      if (failed.size < MAX_STEPS || failed.has(digest)) failed.set(digest, { name, output });
      running.delete(digest);
    } else if (completedNs !== undefined) running.delete(digest);
  }

  function addLog({ vertex: digest, data }: VertexLog): void {
    const ended = failed.get(digest)?.output;
    const output = ended ?? running.get(digest) ?? createByteTail(MAX_STEP_BYTES);
    output.append(data);
    if (ended) return;
    // The one that printed last comes last.
    running.delete(digest);
    running.set(digest, output);
    const [oldest] = running.keys();
    if (running.size > MAX_STEPS && oldest !== undefined) running.delete(oldest);
  }

  return {
    update({ vertexes, logs }) {
      // The last output of a step may come with its end.
      for (const log of logs) addLog(log);
      for (const vertex of vertexes) addVertex(vertex);
    },
    format: () => Buffer.concat([...failed.values()].map(formatStep)),
  };
}

function formatStep({ name, output }: StepLog): Buffer {
  const bytes = output.bytes();
  const left = output.total - bytes.length;
  const note = left > 0 ? `... ${formatBytes(left)} of output before this are not shown\n` : "";
  const end = bytes.length > 0 && bytes.at(-1) !== 0x0a ? "\n" : "";
  return Buffer.concat([Buffer.from(`------\n > ${name}:\n${note}`), bytes, Buffer.from(`${end}------\n`)]);
}
