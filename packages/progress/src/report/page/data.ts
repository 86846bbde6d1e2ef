// SPDX-License-Identifier: Apache-2.0
import type { ReportData } from "../report-data.js";
import { byId } from "./dom.js";

export interface PageData extends ReportData {
  /** The output of a step. All of it is read when the first is asked for. */
  logOf(step: number): string;
  /** Steps that use the result of a step. */
  usersOf(step: number): readonly number[];
}

/** Reads what was written into the page. */
export function readData(): PageData {
  const data: ReportData = readJson("report-data");
  const users: number[][] = data.steps.map(() => []);
  for (const [at, { inputs }] of data.steps.entries()) for (const input of inputs) users[input]?.push(at);
  let logs: readonly string[] | undefined;
  return {
    ...data,
    logOf(step) {
      logs ??= readJson<readonly string[]>("report-logs");
      return logs[step] ?? "";
    },
    usersOf: (step) => users[step] ?? [],
  };
}

function readJson<T>(id: string): T {
  return JSON.parse(byId(id).textContent ?? "");
}
