// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "../errors.js";
import { parseFirstObject, readText } from "./lenient-json.js";
import type { HelperAnswer } from "./lookup.js";

/** What every helper prints when it has no credentials for a server. */
const NOT_FOUND = /^[\s\u0085]*credentials not found in native keychain[\s\u0085]*$/;

export interface HelperExit {
  /** Name of the program. */
  readonly program: string;
  /** Exit code; `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
}

/**
 * Reads what a helper's `get` printed. Errors tell the program and the exit code only: what a helper prints
 * may hold secrets.
 *
 * @throws {SessionError} `BK_CREDENTIALS_FAILED`.
 */
export function parseHelperAnswer({ program, exitCode, stdout }: HelperExit): HelperAnswer {
  if (exitCode !== 0) {
    if (NOT_FOUND.test(stdout)) return undefined;
    const how = exitCode === null ? "was ended by a signal" : `ended with exit code ${exitCode}`;
    throw new SessionError(
      "BK_CREDENTIALS_FAILED",
      `The credential helper ${program} ${how}. To see what it says, run it with "get" and the registry on stdin`,
    );
  }
  try {
    if (stdout.trim() === "") throw new SyntaxError("Nothing was printed");
    const { members } = parseFirstObject(stdout);
    readText(members, "serverurl");
    return { username: readText(members, "username"), secret: readText(members, "secret") };
  } catch (cause) {
    throw new SessionError(
      "BK_CREDENTIALS_FAILED",
      `The credential helper ${program} did not answer with credentials`,
      {
        cause,
      },
    );
  }
}
