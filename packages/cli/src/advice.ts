// SPDX-License-Identifier: Apache-2.0
import type { ClientErrorCode, SessionError, SolverError, TransportError } from "@bk/client";

export type ErrorCode = TransportError["code"] | SessionError["code"] | SolverError["code"] | ClientErrorCode;

const REPORT = "run it again with --debug, and report what that says";
const ADDRESS = "name another with --builder or BUILDKIT_HOST, or DOCKER_HOST for the BuildKit inside Docker";

/** What a user of the command line can try, by the error's code. The error itself says what happened, and why. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  BK_ADDRESS_INVALID:
    "correct --builder, BUILDKIT_HOST or DOCKER_HOST; bk --help shows the kinds of addresses",
  BK_DOCKER_CONFIG_INVALID: "correct what is named, or go round it with --builder ADDRESS",
  BK_ENDPOINT_NOT_FOUND: `start the daemon, or ${ADDRESS}`,
  BK_CONNECTION_REFUSED: `start the daemon, or ${ADDRESS}`,
  BK_CONNECT_TIMEOUT: `wait for the daemon with bk wait, or ${ADDRESS}`,
  BK_CONNECT_FAILED: "run bk ping --debug, which shows what the system says",
  BK_PERMISSION_DENIED: "run it as a user that may, or join the group that owns the socket",
  BK_NOT_A_SOCKET: "correct --builder, BUILDKIT_HOST or DOCKER_HOST",
  BK_TLS_FAILED: "check --tlsdir, or --tlscacert, --tlscert and --tlskey, and --tlsservername",
  BK_UPGRADE_REFUSED:
    "look for a proxy or a filter on Docker's socket, or go round it with --builder ADDRESS",
  BK_DOCKER_REFUSED: "look at Docker's log, or go round Docker with --builder ADDRESS",
  BK_PROGRAM_NOT_FOUND: "install the program, or correct PATH",
  BK_COMMAND_FAILED: "run the command by hand; --debug shows all that it said",
  BK_NOT_GRPC: "check that the address is a BuildKit daemon's, and whether it wants TLS (--tlsdir)",
  BK_CONNECTION_LOST: "look at the daemon's log, and run it again when bk wait says that it is ready",
  BK_CLOSED: REPORT,
  BK_MESSAGE_TOO_LARGE: REPORT,
  BK_PROTOCOL_ERROR: REPORT,
  BK_SESSION_REFUSED: "look at the daemon's log, and run it again",
  BK_SESSION_LOST: "look at the daemon's log, and run it again when bk wait says that it is ready",
  BK_SESSION_CLOSED: REPORT,
  BK_PROTOCOL: REPORT,
  BK_REQUEST_TOO_LARGE: "copy directories in the Dockerfile instead of thousands of files by name",
  BK_NOT_SHARED: "give what the build asks for: --secret, --ssh, --build-context",
  BK_CONTEXT_UNREADABLE:
    "correct the path or its permissions, or name it in .dockerignore; bk context ls shows what is sent",
  BK_CONTEXT_CHANGED: "run it again when nothing writes there, or name the file in .dockerignore",
  BK_PATTERN_INVALID: "correct the pattern in .dockerignore or the Dockerfile",
  BK_EXPORT_FAILED: "check that --output can be written, and that its disk has room",
  BK_CREDENTIALS_FAILED: "docker login, or correct the credentials in Docker's config.json",
  BK_TOKEN_REALM_REFUSED: "if the token server is the registry's, allow it with --allow-token-realm HOST",
  BK_TOKEN_FAILED: "docker login to the registry again, and check that its token server can be reached",
  BK_SECRET_FAILED: "correct --secret: the file or variable must be there, and hold at most 500 KiB",
  BK_SSH_FAILED: "start an agent with ssh-add, and name it with --ssh or SSH_AUTH_SOCK",
  BK_UPLOAD_FAILED: "check what comes from stdin, and run it again",
  BK_STORE_FAILED: "correct the directory's path or permissions, or make room on its disk",
  BK_STORE_CORRUPT: "make the directory anew, by an export into an empty one",
  BK_STORE_LOCKED: "wait until the other program has ended, or remove the lock that one left behind",
  BK_DIGEST_MISMATCH: "run it again; if it stays, bk prune the cache that holds the blob",
  BK_OPTIONS_INVALID: "bk help COMMAND shows the options",
  BK_SOLVE_FAILED: "correct what is shown; bk history ls and bk history logs REF have the whole output",
  BK_SOLVE_CANCELED: "run it again; somebody else, or a stop of the daemon, ended it",
  BK_DAEMON_UNAVAILABLE: "look at the daemon's log, and run it again when bk wait says that it is ready",
  BK_LOAD_FAILED:
    "look at Docker's log and its free space, or take a file with --output type=docker,dest=FILE",
  BK_REQUEST_REFUSED: "correct --filter and the other flags; bk help COMMAND shows them",
  BK_UNSUPPORTED: "update the daemon; bk info shows which it is",
  BK_ANSWER_INVALID: REPORT,
  BK_BUILD_NOT_FOUND: "bk history ls shows the builds that there are",
  BK_NO_DAEMON: "set BUILDKIT_HOST, or name a daemon with --builder ADDRESS",
  BK_NOT_READY: "look at the daemon's log, or wait longer with bk wait --timeout 5m",
  BK_NO_DOCKER: "start Docker or set DOCKER_HOST, or put the result elsewhere with --output or --push",
};

/** The code of an error of bk's packages; undefined for any other. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && isErrorCode(code) ? code : undefined;
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ADVICE, text);
}

export function adviceFor(code: ErrorCode | undefined): string {
  return code === undefined ? REPORT : ADVICE[code];
}
