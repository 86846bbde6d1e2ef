// SPDX-License-Identifier: Apache-2.0

// Reaching a daemon.
export { type AbortOptions, listenAbort, raceAbort } from "./abort.js";
export { type Address, formatAddress, parseAddress, type SocketAddress } from "./address.js";
export { type Channel, createChannel, type OpenStreamOptions } from "./channel.js";
export { findProgram } from "./command/find-program.js";
export type { ContainerAddress } from "./container-address.js";
export { type CreateDialerOptions, createDialer } from "./create-dialer.js";
export type { Dialer } from "./dialer.js";
export {
  type DockerAddress,
  type DockerEndpoint,
  type ResolveDockerOptions,
  resolveDockerEndpoint,
} from "./docker/endpoint.js";
export { type DockerMode, resolveDockerMode } from "./docker/mode.js";
export { type DockerPing, pingDocker } from "./docker/ping.js";
export {
  createDockerDialer,
  type DockerHeaders,
  type DockerRequestOptions,
  dockerRequest,
} from "./docker/request.js";
export { createDockerUpgradeDialer, type DockerUpgradeOptions } from "./docker/upgrade-dialer.js";
export {
  findTransportError,
  TransportError,
  type TransportErrorCode,
  type TransportErrorOptions,
} from "./errors.js";
// Speaking gRPC over it, for the libraries above.
export { createFrameReader, type FrameReader, type FrameReaderOptions } from "./frames/reader.js";
export {
  createFrameWriter,
  type FrameWriter,
  type FrameWriterOptions,
  type Reservation,
} from "./frames/writer.js";
export { callServerStream, callUnary, type GrpcAnswer } from "./grpc/call.js";
export { grpcCode } from "./grpc/code.js";
export { formatGrpcTimeout, grpcRequestHeaders, type RequestMetadata } from "./grpc/request.js";
export {
  decodeGrpcMessage,
  encodeGrpcMessage,
  type GrpcStatus,
  grpcStatusHeaders,
  readGrpcStatus,
  waitForGrpcStatus,
} from "./grpc/status.js";
export { http2SessionOptions, maxMessageBytes, widenConnectionWindow } from "./http2-settings.js";
export { type LivenessOptions, watchLiveness } from "./liveness.js";
export { connectionLostError } from "./node-errors.js";
export { createNpipeDialer, type NpipeDialerOptions } from "./npipe-dialer.js";
export type { SshAddress } from "./ssh-address.js";
export { createTcpDialer, type TcpDialerOptions } from "./tcp-dialer.js";
export { type TimeLimitOptions, withTimeLimit } from "./time-limit.js";
export type { AlpnProtocol, TlsOptions } from "./tls.js";
export { readTlsDir, readTlsFiles, type TlsPaths } from "./tls-files.js";
export { createUnixDialer, type UnixDialerOptions } from "./unix-dialer.js";
