// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { root } from "../lib/workspace.mjs";

/** The few calls of the Docker API that prove an image: each resolves to the whole body. */
export async function openDockerApi() {
  const { dockerRequest, resolveDockerEndpoint } = await import(
    path.join(root, "packages/transport/dist/index.js")
  );
  const endpoint = await resolveDockerEndpoint();

  async function call(method, target, body) {
    const response = await dockerRequest(endpoint, {
      method,
      path: target,
      ...(body === undefined
        ? {}
        : {
            headers: {
              "content-type": ["application/json"],
              "content-length": [`${Buffer.byteLength(body)}`],
            },
            body: Readable.from([Buffer.from(body)]),
          }),
    });
    const bytes = await buffer(response);
    if ((response.statusCode ?? 500) >= 400) {
      throw new Error(
        `Docker answered ${method} ${target} with ${response.statusCode}: ${bytes.toString("utf8").trim()}`,
      );
    }
    return bytes;
  }
  async function callJson(method, target, value) {
    const bytes = await call(method, target, value === undefined ? undefined : JSON.stringify(value));
    return JSON.parse(bytes.toString("utf8"));
  }

  return {
    inspectImage: (name) => callJson("GET", `/images/${name}/json`),
    createContainer: (image) => callJson("POST", "/containers/create", { Image: image }),
    startContainer: (id) => call("POST", `/containers/${id}/start`),
    waitForContainer: (id) => callJson("POST", `/containers/${id}/wait`),
    readLogs: async (id) => readLogFrames(await call("GET", `/containers/${id}/logs?stdout=1&stderr=1`)),
    removeContainer: (id) => call("DELETE", `/containers/${id}?force=1`),
  };
}

/** Docker's log frames are an 8-byte head, whose last four bytes are the length of the text behind it. */
export function readLogFrames(bytes) {
  const texts = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    texts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(texts).toString("utf8");
}
