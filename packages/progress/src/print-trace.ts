// SPDX-License-Identifier: Apache-2.0
import { type Printer, printVertex } from "./print-vertex.js";
import { isCompleted, isStarted, type Trace, type TracedVertex } from "./trace.js";

/** How long the step in front stays there at least while others have news, in seconds. */
const MIN_FRONT_SECONDS = 5;
/** A step whose news has waited this long comes to the front. */
const MAX_WAIT_SECONDS = 10;

interface Waiting {
  readonly seconds: number;
  /** Changes per second. */
  readonly rate: number;
  readonly overdue: boolean;
}

/** Prints what is complete, then the news of one step that runs. */
export function printTrace(printer: Printer, trace: Trace, nowMs: number): void {
  const completed = new Set<string>();
  const running = new Set<string>();
  for (const digest of trace.updates) {
    const vertex = trace.byDigest.get(digest);
    if (vertex && !vertex.hidden) (isCompleted(vertex) ? completed : running).add(digest);
  }
  const { current } = printer;
  if (completed.has(current)) printVertex(printer, trace, current);
  for (const digest of inOrderOfCompletion(trace, completed))
    if (digest !== current) printVertex(printer, trace, digest);
  if (running.size === 0) {
    const open = findOpen(trace, current);
    if (open !== undefined) printVertex(printer, trace, open);
    return;
  }
  if (running.has(current)) printVertex(printer, trace, current);
  if (current !== "") running.add(current);
  const next = chooseRunning({ trace, running, current, nowMs }, completed.has(current) || current === "");
  if (next !== undefined) printVertex(printer, trace, next);
}

function inOrderOfCompletion(trace: Trace, digests: Iterable<string>): string[] {
  const stop = (digest: string) => trace.byDigest.get(digest)?.merged.at(-1)?.stopNs ?? 0n;
  return [...digests].sort((a, b) => (stop(a) < stop(b) ? -1 : stop(a) > stop(b) ? 1 : 0));
}

/** Without news, a step that runs comes to the front all the same, unless one is there. */
function findOpen(trace: Trace, current: string): string | undefined {
  const isOpen = (vertex: TracedVertex) => isStarted(vertex) && !isCompleted(vertex);
  const front = trace.byDigest.get(current);
  if (front && isOpen(front)) return undefined;
  for (const [digest, vertex] of trace.byDigest) if (isOpen(vertex) && !vertex.hidden) return digest;
  return undefined;
}

interface Candidates {
  readonly trace: Trace;
  readonly running: ReadonlySet<string>;
  readonly current: string;
  readonly nowMs: number;
}

/** The step to bring to the front; undefined to leave the one that is there. */
function chooseRunning(
  { trace, running, current, nowMs }: Candidates,
  frontIsFree: boolean,
): string | undefined {
  const waiting = new Map<string, Waiting>();
  let sum = 0;
  let busiest = "";
  for (const digest of running) {
    const vertex = trace.byDigest.get(digest);
    if (vertex?.blockedSinceMs === undefined) continue;
    const seconds = (nowMs - vertex.blockedSinceMs) / 1000;
    const rate = vertex.count / seconds;
    const overdue = seconds > MAX_WAIT_SECONDS && digest !== current;
    waiting.set(digest, { seconds, rate, overdue });
    sum += rate;
    const best = busiest === "" ? undefined : waiting.get(busiest);
    if (!best || overdue || best.rate < rate) busiest = digest;
  }
  if (frontIsFree) return busiest;
  for (const [digest, { overdue }] of waiting) if (overdue) return digest;
  const front = waiting.get(current);
  // The larger its share of the changes, the longer a step stays in front.
  if (front && MIN_FRONT_SECONDS / (1 - front.rate / sum) < front.seconds) return busiest;
  return undefined;
}
