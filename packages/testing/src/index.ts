// SPDX-License-Identifier: Apache-2.0
export { addShell } from "./engine/base-image.js";
export { type Engine, type EngineLookup, findEngine, useEngine } from "./engine/engine.js";
export {
  hasImage,
  type ImageInfo,
  inspectImage,
  pruneBuildCache,
  type RunResult,
  removeImage,
  runImage,
  saveImage,
} from "./engine/images.js";
export { integration } from "./engine/integration.js";
export { type Relay, type RelayOptions, startRelay } from "./relay/relay.js";
export { type Certificate, createTestPki, type TestPki } from "./tls.js";
export { type TmpDir, tmpDir } from "./tmp-dir.js";
