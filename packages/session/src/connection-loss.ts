// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "./errors.js";

/** nghttp2's NGHTTP2_ERR_TOO_MANY_CONTINUATIONS, which Node passes on as `errno`. */
const TOO_MANY_CONTINUATIONS = -905;

/** Why a session's connection ended, from the error that it ended with. */
export function connectionLoss(endpoint: string, cause: Error): SessionError {
  if ("errno" in cause && cause.errno === TOO_MANY_CONTINUATIONS) return requestTooLarge(endpoint, cause);
  const message = `The session's connection to ${endpoint} was lost: ${cause.message}`;
  return new SessionError("BK_SESSION_LOST", message, { cause });
}

/** The metadata of a sync names every path that the Dockerfile copies, and every line of .dockerignore. */
function requestTooLarge(endpoint: string, cause: Error): SessionError {
  return new SessionError(
    "BK_REQUEST_TOO_LARGE",
    `The daemon at ${endpoint} asked for more paths in one request than Node.js can receive (about 147 kB of them, or 4,000 paths of 40 characters), which ends the session. Copy directories instead of thousands of single files, or shorten .dockerignore`,
    { cause },
  );
}
