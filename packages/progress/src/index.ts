// SPDX-License-Identifier: Apache-2.0

export type { BuildPhase } from "./estimate/build-phase.js";
export {
  createProgressEvents,
  type ProgressEvent,
  type ProgressEvents,
  type ProgressEventsOptions,
} from "./estimate/progress-events.js";
export type { Interval } from "./intervals.js";
export { createPlainText, type PlainText, type PlainTextOptions } from "./plain-text.js";
export type { ProgressMode } from "./progress-mode.js";
export { createProgressWriter, type ProgressWriter, type ProgressWriterOptions } from "./progress-writer.js";
export { formatRawJson, formatStatusJson } from "./raw-json.js";
export {
  type BuildState,
  durationNs,
  EMPTY_BUILD,
  type VertexPhase,
  type VertexState,
} from "./state/build-state.js";
export type { LogTail } from "./state/log-tail.js";
export { reduceStatus } from "./state/reduce-status.js";
export type {
  StatusJson,
  VertexJson,
  VertexLogJson,
  VertexStatusJson,
  VertexWarningJson,
} from "./status-json.js";
export type { ScreenSize } from "./tty/screen.js";
export { createTtyText, type TtyText, type TtyTextOptions } from "./tty/tty-text.js";
