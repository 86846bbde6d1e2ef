// SPDX-License-Identifier: Apache-2.0
export { createPlainText, type PlainText, type PlainTextOptions } from "./plain-text.js";
export {
  createProgressWriter,
  type ProgressMode,
  type ProgressWriter,
  type ProgressWriterOptions,
} from "./progress-writer.js";
export { formatRawJson, formatStatusJson } from "./raw-json.js";
export type {
  StatusJson,
  VertexJson,
  VertexLogJson,
  VertexStatusJson,
  VertexWarningJson,
} from "./status-json.js";
