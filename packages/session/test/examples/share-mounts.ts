// SPDX-License-Identifier: Apache-2.0
import { type Attachable, createSecrets, createSshForward, createUpload } from "@bk/session";

/** What a build's steps may mount, and a context from stdin under the URL that goes into the solve. */
export async function shareMounts(
  key: string,
): Promise<readonly [attachables: Attachable[], contextUrl: string]> {
  const secrets = createSecrets({
    secrets: new Map([
      ["npm", { file: ".npmrc" }],
      ["token", { env: "TOKEN" }],
    ]),
  });
  const ssh = await createSshForward({ agents: new Map([["default", { keyFiles: [key] }]]) });
  const upload = createUpload();
  return [[secrets, ssh, upload], upload.add(process.stdin)];
}
