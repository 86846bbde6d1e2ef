// SPDX-License-Identifier: Apache-2.0
import { createAuth, createDockerCredentials } from "@bk/session";

/** Lets a daemon use two registries as the user. GitLab's tokens come from another host than its images. */
export function shareRegistries(gitlabCa: string) {
  return createAuth({
    credentials: createDockerCredentials(),
    allowedRegistries: ["docker.io", "registry.example.com"],
    allowTokenRealm: ({ registry, realm }) =>
      registry === "registry.example.com" && realm.origin === "https://gitlab.example.com",
    tls: new Map([["registry.example.com", { ca: gitlabCa }]]),
  });
}
