// SPDX-License-Identifier: Apache-2.0
import type { Daemon } from "../../daemon/daemon.js";
import { SolverError } from "../../errors.js";
import { readRemoteStatus } from "../../failure/remote-status.js";
import type { SolveCallOptions } from "../../solve-call-options.js";
import type { GatewayResult } from "../gateway-result.js";
import { type GatewayOptions, runGateway } from "../run-gateway.js";

/** What a frontend answers to a question about a Dockerfile. */
export interface FrontendAnswer {
  /** `result.json`, as the frontend wrote it; empty when it wrote none. */
  readonly json: string;
  /** `result.txt`: the same in the frontend's words. Other people's text: it may hold what a terminal acts on. */
  readonly text: string;
  /** Version of what `json` is made of: `1.0.0`. */
  readonly version: string;
  /** What a command line exits with, 0 to 255: for a check, 1 when there is something to say. */
  readonly statusCode: number;
}

const MAX_ANSWER_BYTES = 8 << 20;
/** Makes a frontend image that does not know questions refuse them, in place of building. */
const QUESTIONS = "moby.buildkit.frontend.subrequests+forward";

/**
 * Asks the Dockerfile's frontend a question instead of building: `lint`, `outline`, `targets` or whatever else it knows.
 * The options are those of a build; nothing is exported, and the daemon's history does not keep it.
 *
 * @throws as `solve`; {SolverError} `BK_UNSUPPORTED` when the frontend does not know the question;
 * `BK_ANSWER_INVALID` when its answer is no answer, or over 8 MiB.
 */
export async function callFrontend(
  daemon: Daemon,
  options: SolveCallOptions,
  name: string,
): Promise<FrontendAnswer> {
  let answer: GatewayResult | undefined;
  try {
    await runGateway(daemon, toQuestion(options), async (gateway) => {
      const { frontendAttrs, ...request } = gateway.buildRequest;
      const asked = { "frontend.caps": QUESTIONS, requestid: `frontend.${name}` };
      answer = await gateway.solve({ ...request, frontendAttrs: { ...frontendAttrs, ...asked } });
      return { ...answer, metadata: new Map() }; // the daemon has no use for the answer
    });
  } catch (error) {
    throw (await isUnknownQuestion(error)) ? unsupported(name, error) : error;
  }
  return toAnswer(name, answer?.metadata ?? new Map());
}

/**
 * Of the exports only Docker's own store matters, which then takes nothing: with it, the name of an image means one of
 * that Docker first.
 */
function toQuestion(options: SolveCallOptions): GatewayOptions {
  const exports = (options.exports ?? []).filter(({ type }) => type === "moby");
  return { ...options, exports, cacheTo: [], internal: true };
}

function toAnswer(name: string, metadata: GatewayResult["metadata"]): FrontendAnswer {
  const json = readText(metadata, "result.json");
  const text = readText(metadata, "result.txt");
  if (json === "" && text === "")
    throw new SolverError("BK_ANSWER_INVALID", `The frontend was asked for ${name}, and gave no answer`);
  const statusCode = readText(metadata, "result.statuscode");
  return {
    json,
    text,
    version: readText(metadata, "version"),
    statusCode: /^\d{1,9}$/.test(statusCode) ? Math.min(Number(statusCode), 255) : 0,
  };
}

function readText(metadata: GatewayResult["metadata"], key: string): string {
  const data = metadata.get(key) ?? new Uint8Array();
  if (data.length > MAX_ANSWER_BYTES) {
    const message = `The frontend's ${key} has ${data.length} bytes, and ${MAX_ANSWER_BYTES} are allowed`;
    throw new SolverError("BK_ANSWER_INVALID", message);
  }
  return new TextDecoder().decode(data);
}

async function isUnknownQuestion(error: unknown): Promise<boolean> {
  if (!SolverError.is(error) || error.code !== "BK_SOLVE_FAILED") return false;
  const remote = await readRemoteStatus(error.cause);
  return remote?.details.some(({ kind }) => kind === "subrequest" || kind === "frontend-cap") === true;
}

function unsupported(name: string, cause: unknown): SolverError {
  const message = `The Dockerfile's frontend does not know ${JSON.stringify(name)}. A newer one may: put # syntax=docker/dockerfile:1 on the first line, or update BuildKit`;
  return new SolverError("BK_UNSUPPORTED", message, { cause });
}
