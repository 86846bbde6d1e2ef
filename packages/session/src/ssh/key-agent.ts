// SPDX-License-Identifier: Apache-2.0
import type { AgentConnection } from "./agent.js";
import { AGENT_FAILURE, AGENT_MESSAGE, parseSignRequest } from "./agent-protocol.js";
import type { SshKey } from "./ssh-key.js";
import { encodeString, encodeUint32 } from "./wire.js";

/** An SSH agent that lives in this process and has these keys. They carry no comments, which may tell of the user. */
export function connectKeyAgent(keys: readonly SshKey[]): AgentConnection {
  return {
    async ask(request) {
      if (request[0] === AGENT_MESSAGE.requestIdentities) return listKeys(keys);
      const asked = parseSignRequest(request);
      const key = asked && keys.find(({ publicKey }) => publicKey.equals(asked.publicKey));
      if (!key) return AGENT_FAILURE;
      const signature = await key.sign(asked.data, asked.flags).catch(() => undefined);
      if (!signature) return AGENT_FAILURE; // OpenSSL may be set to refuse SHA-1
      return Buffer.concat([Buffer.from([AGENT_MESSAGE.signResponse]), encodeString(signature)]);
    },
    [Symbol.dispose]() {},
  };
}

function listKeys(keys: readonly SshKey[]): Buffer {
  return Buffer.concat([
    Buffer.from([AGENT_MESSAGE.identitiesAnswer]),
    encodeUint32(keys.length),
    ...keys.flatMap(({ publicKey }) => [encodeString(publicKey), encodeString("")]),
  ]);
}
