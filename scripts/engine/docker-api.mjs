// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";

/**
 * One GET on a Docker socket, read as text.
 *
 * @param {string} socketPath
 * @param {string} path
 * @param {{ timeoutMs: number }} options
 * @returns {Promise<string>}
 */
export function getDocker(socketPath, path, { timeoutMs }) {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, path, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (res) => {
      let text = "";
      res.setEncoding("utf8");
      res.on("data", (part) => {
        text += part;
      });
      res.on("error", reject);
      res.on("end", () => {
        if (res.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: HTTP ${res.statusCode}`));
      });
    });
    req.on("error", reject);
    req.end();
  });
}
