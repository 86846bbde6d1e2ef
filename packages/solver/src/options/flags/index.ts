// SPDX-License-Identifier: Apache-2.0

export { type AllowFlag, parseAllowFlag } from "./allow-flag.js";
// The values of docker buildx's flags, for command lines. Nothing here looks at the disk.
export { parseAnnotationFlag } from "./annotation-flag.js";
export {
  type AttestFlag,
  attestsByType,
  formatAttestFlag,
  parseAttestFlag,
  toAttestFlag,
} from "./attest-flag.js";
export { type CacheFlag, formatCacheFlag, parseCacheFlag } from "./cache-flag.js";
export { type CallFlag, parseCallFlag } from "./call-flag.js";
export { isRemoteContext, parseContextFlag } from "./context-flag.js";
export { parseBool, parseCsvLine } from "./csv.js";
export { parseHostFlag } from "./host-flag.js";
export { formatOutputFlag, type OutputFlag, parseOutputFlag } from "./output-flag.js";
export { formatSecretFlag, parseSecretFlag, type SecretFlag, toSecretSource } from "./secret-flag.js";
export { formatSshFlag, parseSshFlag, type SshFlag } from "./ssh-flag.js";
export { parseUlimitFlag } from "./ulimit-flag.js";
