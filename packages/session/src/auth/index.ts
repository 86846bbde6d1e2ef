// SPDX-License-Identifier: Apache-2.0
export { createAuth } from "./auth.js";
export {
  type AuthOptions,
  type AuthorityRequest,
  type AuthService,
  createAuthService,
} from "./auth-service.js";
export {
  createDockerCredentials,
  type DockerCredentialsOptions,
  type FindRegistryAuthOptions,
  findRegistryAuth,
} from "./docker-credentials.js";
export type { CredentialSource, NameAndSecret, RegistryAuth } from "./registry-auth.js";
export { convertToHostname } from "./registry-host.js";
export type { RegistryTls } from "./token/registry-tls.js";
export type { Token } from "./token/token-answer.js";
export type { AllowTokenRealm, TokenRealm } from "./token/token-realm.js";
export type { TokenRequest } from "./token/token-request.js";
