// SPDX-License-Identifier: Apache-2.0
export { type AuthOptions, createAuth } from "./auth.js";
export { createDockerCredentials, type DockerCredentialsOptions } from "./docker-credentials.js";
export type { CredentialSource, RegistryAuth } from "./registry-auth.js";
