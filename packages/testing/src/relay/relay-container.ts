// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";

import { dockerJson, dockerRequest, dockerSend } from "../engine/docker-request.js";
import { type TmpDir, tmpDir } from "../tmp-dir.js";
import { dialStdioCommand, relayProgram } from "./programs.js";

/** A container in which a BuildKit daemon runs, as far as a client can tell. */
export interface RelayContainer extends AsyncDisposable {
  readonly name: string;
}

export interface RelayContainerOptions {
  /** Whether it is on the PATH. Default true. */
  readonly buildctl?: boolean | undefined;
}

/** Where the daemon listens in it: the root is the only folder that is its own. */
const socketPath = "/relay.sock";

/**
 * Runs the relay in a container, with a `buildctl` that knows `dial-stdio`. Node and its libraries are those of this
 * machine, so the Docker must be on it too.
 */
export async function startRelayContainer(
  dockerSocket: string,
  { buildctl = true }: RelayContainerOptions = {},
): Promise<RelayContainer> {
  const dir = await tmpDir();
  const name = path.basename(dir.path).toLowerCase();
  const image = `${name}:relay`;
  try {
    await importEmptyImage(dockerSocket, name, "relay");
    const body = await containerConfig(
      dir,
      image,
      dockerSocket,
      buildctl ? "/rig:/usr/bin:/bin" : "/usr/bin:/bin",
    );
    await dockerSend(dockerSocket, { method: "POST", path: `/containers/create?name=${name}`, body });
    await dockerSend(dockerSocket, { method: "POST", path: `/containers/${name}/start` });
    await untilListening(dockerSocket, name);
  } catch (error) {
    await remove(dockerSocket, name, image, dir);
    throw error;
  }
  return { name, [Symbol.asyncDispose]: () => remove(dockerSocket, name, image, dir) };
}

async function containerConfig(
  dir: TmpDir,
  image: string,
  dockerSocket: string,
  searchPath: string,
): Promise<object> {
  await mkdir(dir.join("bin"));
  await writeFile(dir.join("bin/buildctl"), `#!/bin/sh\nexec ${dialStdioCommand(socketPath)}\n`, {
    mode: 0o755,
  });
  const programs = path.resolve(relayProgram("relay-main"), "../../..");
  const system = ["/usr", "/bin", "/lib", "/lib64", path.dirname(process.execPath), programs];
  const readOnly = [...new Set(system)].filter((place) => existsSync(place));
  return {
    Image: image,
    Cmd: [
      process.execPath,
      relayProgram("relay-main"),
      "--docker-socket",
      "/docker.sock",
      "--listen",
      `unix:${socketPath}`,
    ],
    Env: [`PATH=${searchPath}`],
    HostConfig: {
      Binds: [
        ...readOnly.map((place) => `${place}:${place}:ro`),
        `${dir.join("bin")}:/rig:ro`,
        `${dockerSocket}:/docker.sock`,
      ],
      NetworkMode: "none",
    },
  };
}

/** An image of an empty tar, which is two blocks of zeros. */
async function importEmptyImage(dockerSocket: string, repo: string, tag: string): Promise<void> {
  const query = `fromSrc=-&repo=${repo}&tag=${tag}`;
  const outgoing = request({
    socketPath: dockerSocket,
    method: "POST",
    path: `/images/create?${query}`,
    agent: false,
  });
  outgoing.end(Buffer.alloc(1024));
  const [response] = await once(outgoing, "response");
  response.resume();
  await once(response, "end");
}

/** The relay writes its address when it listens. */
async function untilListening(dockerSocket: string, name: string): Promise<void> {
  const logs = `/containers/${name}/logs?stdout=1&stderr=1&follow=1`;
  const response = await dockerRequest(dockerSocket, { method: "GET", path: logs });
  let said = "";
  for await (const chunk of response) {
    said += String(chunk);
    if (said.includes(`unix://${socketPath}`)) return;
  }
  const state = await dockerJson(dockerSocket, { method: "GET", path: `/containers/${name}/json` });
  throw new Error(
    `The relay ended in its container and said: ${said}\n${JSON.stringify(state).slice(0, 2000)}`,
  );
}

async function remove(dockerSocket: string, name: string, image: string, dir: TmpDir): Promise<void> {
  for (const place of [`/containers/${name}?force=1`, `/images/${image}?force=1`]) {
    await dockerSend(dockerSocket, { method: "DELETE", path: place }).catch(() => {});
  }
  await dir[Symbol.asyncDispose]();
}
