// SPDX-License-Identifier: Apache-2.0

// `@bk/solver/remote-error`: errors as the daemon sends them, for tools that read them without a build.
export {
  type DetailPayload,
  decodeErrorDetails,
  type ErrorDetail,
  type SolveDetail,
  type StackFrame,
} from "./error-details.js";
export {
  formatRemoteStatus,
  fromRpcStatus,
  grpcCodeName,
  type RemoteStatus,
  readRemoteStatus,
} from "./remote-status.js";
export {
  createSourceSnippet,
  formatSourceSnippet,
  type SnippetLine,
  type SourceRange,
  type SourceSnippet,
  type SourceText,
} from "./source-snippet.js";
