// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { type TmpDir, tmpDir } from "./tmp-dir.js";

const run = promisify(execFile);

export interface GitServer extends AsyncDisposable {
  /** Of the one repository: "http://127.0.0.1:40123/app.git". */
  readonly url: string;
  /** Commits all that is in a directory to a branch, which is made or replaced. */
  commit(dir: string, branch: string): Promise<void>;
}

export interface GitServerOptions {
  /** Asks for this as the password, as hosts of repositories do for access tokens. */
  readonly token?: string | undefined;
}

/** A git repository over HTTP, on loopback. */
export async function startGitServer({ token }: GitServerOptions = {}): Promise<GitServer> {
  const root = await tmpDir();
  await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", root.join("app.git")]);
  const server = createServer((request, response) => {
    if (token === undefined || readPassword(request) === token) serveGit(root, request, response);
    else response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/app.git`,
    commit: (dir, branch) => commit(root.join("app.git"), dir, branch),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await root[Symbol.asyncDispose]();
    },
  };
}

function readPassword({ headers: { authorization = "" } }: IncomingMessage): string | undefined {
  const credentials = Buffer.from(authorization.replace(/^basic /i, ""), "base64").toString("utf8");
  return credentials.split(":")[1];
}

async function commit(repository: string, dir: string, branch: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    run("git", ["--git-dir", repository, "--work-tree", dir, ...args], { cwd: dir });
  await git("symbolic-ref", "HEAD", `refs/heads/${branch}`);
  await git("add", "--all");
  const author = ["-c", "user.name=bk", "-c", "user.email=bk@localhost"];
  await git(...author, "commit", "--quiet", "--message", branch);
  await git("symbolic-ref", "HEAD", "refs/heads/main");
}

/** git's own server side, which speaks CGI. */
function serveGit(root: TmpDir, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root.path,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: request.headers["git-protocol"]?.toString(),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdout.on("end", () => sendCgi(response, Buffer.concat(chunks)));
}

/** Header lines, an empty one, and the body. */
function sendCgi(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf("\r\n\r\n");
  for (const line of output.subarray(0, end).toString("latin1").split("\r\n")) {
    const [name = "", value = ""] = line.split(": ");
    if (name === "Status") response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
}
