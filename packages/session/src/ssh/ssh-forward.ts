// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { finished } from "node:stream/promises";
import { type AbortOptions, raceAbort } from "@bk/transport";
import type { Attachable, StreamCall } from "../attachable.js";
import { openBytesStream } from "../bytes-stream.js";
import type { Environment } from "../environment.js";
import { SessionError } from "../errors.js";
import type { AgentConnection } from "./agent.js";
import { AGENT_FAILURE, frameAgentMessage, isReadOnlyRequest, readAgentMessages } from "./agent-protocol.js";
import { openSshSource, type SshAgent, type SshSource } from "./ssh-source.js";

const CHECK_METHOD = "/moby.sshforward.v1.SSH/CheckAgent";
const FORWARD_METHOD = "/moby.sshforward.v1.SSH/ForwardAgent";

/** Must match the daemon: session/sshforward of moby/buildkit. */
const ID_HEADER = "buildkit.ssh.id";
const DEFAULT_ID = "default";

export interface SshForwardOptions extends AbortOptions {
  /** What build steps may use, by id. `default` is what a step means that names none. */
  readonly agents: ReadonlyMap<string, SshSource>;
  /** Where `SSH_AUTH_SOCK` is looked up. Default `process.env`. */
  readonly env?: Environment | undefined;
}

/**
 * Lets build steps use SSH agents. Steps may list keys and ask for signatures; every other request is refused here
 * and never reaches an agent, unless the source is raw.
 *
 * @throws {SessionError} `BK_SSH_FAILED` when a key file or an agent cannot be used.
 */
export async function createSshForward({
  agents,
  env = process.env,
  signal,
}: SshForwardOptions): Promise<Attachable> {
  const opened = new Map<string, SshAgent>();
  for (const [id, source] of agents) opened.set(id, await openSshSource(source, { env, signal }));
  return {
    methods: [CHECK_METHOD, FORWARD_METHOD],
    async loadRoutes() {
      const [{ Code, ConnectError }, { SSH }] = await Promise.all([
        import("@connectrpc/connect"),
        import("@bk/proto/sshforward"),
      ]);
      return (router) =>
        router.rpc(SSH.method.checkAgent, ({ id }) => {
          if (!opened.has(id || DEFAULT_ID))
            throw new ConnectError(notShared(id || DEFAULT_ID), Code.NotFound);
          return {};
        });
    },
    streams: { [FORWARD_METHOD]: (call) => forward(call, opened) },
  };
}

function notShared(id: string): string {
  return `The build forwards no SSH agent ${JSON.stringify(id)}`;
}

async function forward(call: StreamCall, agents: ReadonlyMap<string, SshAgent>): Promise<void> {
  const id = call.metadata.get(ID_HEADER)?.[0] || DEFAULT_ID;
  const agent = agents.get(id);
  if (!agent) throw new SessionError("BK_NOT_SHARED", notShared(id));
  const step = openBytesStream(call);
  step.on("error", () => {}); // whoever reads it is told
  try {
    if (agent.kind === "raw") {
      await passBytes(step, await agent.connect({ signal: call.signal }));
    } else {
      using connection = await agent.connect({ signal: call.signal });
      await answerRequests(step, connection, call.signal);
    }
  } finally {
    step.destroy();
  }
  call.signal.throwIfAborted();
}

/** Passes everything both ways. Whichever side ends or breaks off, the other sees its connection end. */
async function passBytes(step: Duplex, socket: Socket): Promise<void> {
  socket.once("close", () => step.end());
  step.pipe(socket).pipe(step, { end: false });
  try {
    await finished(step, { readable: false });
  } catch {
    // The step hung up.
  } finally {
    socket.destroy();
  }
}

/** Answers a step's requests until it hangs up, or sends what is no request: then its connection just ends. */
async function answerRequests(step: Duplex, agent: AgentConnection, signal: AbortSignal): Promise<void> {
  try {
    // Destroyed at the end of its requests, it would lose the last answers.
    for await (const request of readAgentMessages(step.iterator({ destroyOnReturn: false }))) {
      const answer = isReadOnlyRequest(request) ? await raceAbort(agent.ask(request), signal) : AGENT_FAILURE;
      if (!step.write(frameAgentMessage(answer))) await once(step, "drain");
    }
    step.end();
    await finished(step, { readable: false });
  } catch (error) {
    if (SessionError.is(error) && error.code === "BK_SSH_FAILED") throw error;
  }
}
