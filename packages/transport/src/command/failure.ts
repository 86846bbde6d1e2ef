// SPDX-License-Identifier: Apache-2.0
import { TransportError, type TransportErrorCode } from "../errors.js";
import { toOneLine } from "../remote-text.js";
import type { ProgramEnd } from "./program-stream.js";

/** What ran, for the error of its end. */
export interface ProgramAttempt {
  readonly endpoint: string;
  /** As people know it: "kubectl", "buildctl in the container". */
  readonly program: string;
  /** The whole command line, for the cause. */
  readonly commandLine: string;
}

interface Explanation {
  readonly pattern: RegExp;
  readonly code: TransportErrorCode;
  readonly hint: string;
}

/** Characters of standard error that go into the message. */
const maxQuotedCharacters = 300;

/** By what the programs say. The first that matches counts. */
const explanations: readonly Explanation[] = [
  {
    pattern:
      /executable file .*not found|command not found|(?:buildctl|docker): (?:inaccessible or )?not found/i,
    code: "BK_COMMAND_FAILED",
    hint: "The command is missing over there. BuildKit's images have buildctl",
  },
  {
    pattern: /no such container|\(NotFound\)|container not found/i,
    code: "BK_ENDPOINT_NOT_FOUND",
    hint: "Check the name",
  },
  {
    pattern: /not running|container state improper|stopped container|completed pod|is paused/i,
    code: "BK_CONNECTION_REFUSED",
    hint: "Start the container",
  },
  {
    pattern: /dial unix .*(?:no such file|connection refused)/i,
    code: "BK_CONNECTION_REFUSED",
    hint: "The daemon does not listen there. It may still be starting",
  },
  {
    pattern: /could not resolve hostname/i,
    code: "BK_ENDPOINT_NOT_FOUND",
    hint: "Check the host's name, and whether DNS is reachable",
  },
  {
    pattern: /connect to host .*connection refused/i,
    code: "BK_CONNECTION_REFUSED",
    hint: "Does an ssh server listen there?",
  },
  {
    pattern: /connect to host .*(?:timed out|unreachable|no route)/i,
    code: "BK_CONNECT_TIMEOUT",
    hint: "Is the host up, and does a firewall let the port through?",
  },
  {
    pattern: /host key verification failed/i,
    code: "BK_COMMAND_FAILED",
    hint: "Log in by hand once, to accept the host's key",
  },
  {
    pattern: /\((?:Forbidden|Unauthorized)\)|must be logged in to the server/,
    code: "BK_PERMISSION_DENIED",
    hint: "The user of the kubeconfig may not run commands in that pod",
  },
  {
    pattern: /permission denied/i,
    code: "BK_PERMISSION_DENIED",
    hint: "There is nobody to ask for a password: use keys or an agent, and a user that may reach the daemon",
  },
];

/** The error of a program that ended by itself; undefined when it ended well. */
export function programFailure(
  { exitCode, signal, stderr }: ProgramEnd,
  receivedBytes: number,
  { endpoint, program, commandLine }: ProgramAttempt,
): TransportError | undefined {
  if (exitCode === 0) return undefined;
  const how = exitCode === undefined ? `was ended by ${signal ?? "a signal"}` : `ended with code ${exitCode}`;
  const text = toOneLine(stderr);
  const said = text === "" ? "" : ` and said ${JSON.stringify(text.slice(-maxQuotedCharacters))}`;
  const cause = new Error(`${commandLine} ${how}: ${text}`);
  const options = { cause, endpoint, body: stderr };
  if (receivedBytes > 0) {
    const message = `The connection to ${endpoint} was lost: ${program} ${how}${said}`;
    return new TransportError("BK_CONNECTION_LOST", message, options);
  }
  const found = explanations.find(({ pattern }) => pattern.test(text));
  const { code, hint } = found ?? {
    code: "BK_COMMAND_FAILED" as const,
    hint: `Try it by hand: ${commandLine}`,
  };
  return new TransportError(
    code,
    `Cannot connect to ${endpoint}: ${program} ${how}${said}. ${hint}`,
    options,
  );
}
