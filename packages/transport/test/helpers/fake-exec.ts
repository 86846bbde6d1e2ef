// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { json } from "node:stream/consumers";
import { listen, type TestServer } from "./servers.js";

/** A program that was started in a container. */
export interface FakeExec {
  /** Its own end of the standard input and output. */
  readonly program: Duplex;
  /** What it was started with. */
  readonly command: readonly string[];
  /** Writes a frame of any kind to the connection as it is. */
  writeRaw(bytes: Uint8Array): void;
  writeStderr(text: string): void;
  /** Ends it with this code. */
  exit(code: number | null): void;
}

export interface FakeExecOptions {
  /** Docker's description of each container there is. */
  readonly containers: Readonly<Record<string, object>>;
  readonly onStart: (exec: FakeExec) => void;
}

/** Docker's API as far as programs in containers go: inspect, exec create, exec start and exec inspect. */
export async function startFakeExec(
  path: string,
  { containers, onStart }: FakeExecOptions,
): Promise<TestServer> {
  const commands: string[][] = [];
  const exitCodes: (number | null)[] = [];
  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, name = "", action] = (request.url ?? "").split("/");
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    };
    if (kind === "exec") return answer(200, { ExitCode: exitCodes[Number(name)] ?? null });
    if (containers[name] === undefined) return answer(404, { message: `No such container: ${name}` });
    if (action === "json") return answer(200, containers[name]);
    const { Cmd: command } = (await json(request)) as { Cmd: string[] };
    answer(201, { Id: String(commands.push(command) - 1) });
  }
  const server = createServer((request, response) => void answerRequest(request, response));
  server.on("upgrade", (request, socket, head) => {
    const id = Number(request.url?.split("/")[2]);
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    // Node leaves the request's body to whoever takes the upgrade.
    socket.unshift(head);
    const bodyBytes = Number(request.headers["content-length"]);
    exitCodes[id] = 0;
    skip(socket, bodyBytes, () => {
      onStart({
        program: createProgram(socket),
        command: commands[id] ?? [],
        writeRaw: (bytes) => socket.write(bytes),
        writeStderr: (text) => socket.write(frame(2, Buffer.from(text))),
        exit(code) {
          exitCodes[id] = code;
          socket.end();
        },
      });
    });
  });
  return listen(server, path);
}

/** One piece of a program's output, 1 being the standard output and 2 the standard error. */
export function frame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** Reads and drops some bytes, then calls back. */
function skip(socket: Duplex, bytes: number, done: () => void): void {
  const read = (): void => {
    const chunk: Buffer | null = socket.read(bytes);
    if (chunk === null) return;
    socket.off("readable", read);
    done();
  };
  socket.on("readable", read);
  read();
}

function createProgram(socket: Duplex): Duplex {
  const program = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, callback) => void socket.write(frame(1, chunk), callback),
    final: (callback) => void socket.end(callback),
    destroy(error, callback) {
      socket.destroy();
      callback(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    if (!program.push(chunk)) socket.pause();
  });
  socket.on("end", () => program.push(null));
  socket.on("close", () => program.destroy());
  return program;
}
