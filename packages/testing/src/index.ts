// SPDX-License-Identifier: Apache-2.0
export { addShell } from "./engine/base-image.js";
export { forgetSteps, pruneBuildCache } from "./engine/build-cache.js";
export { buildWithBuildx, exportWithBuildx } from "./engine/buildx.js";
export { type Engine, type EngineLookup, findEngine, useEngine } from "./engine/engine.js";
export { formatLayerEntry, type LayerEntry, readImageEntries } from "./engine/image-entries.js";
export {
  hasImage,
  type ImageInfo,
  inspectImage,
  type RunResult,
  removeImage,
  runImage,
  saveImage,
} from "./engine/images.js";
export { integration } from "./engine/integration.js";
export type { EndOptions, FakeCall, FakeHandler } from "./fakes/fake-call.js";
export { type FakeDaemon, type FakeDaemonOptions, startFakeDaemon } from "./fakes/fake-daemon.js";
export {
  type FakeDocker,
  type FakeDockerOptions,
  type LoadedImage,
  startFakeDocker,
  type UpgradeReply,
} from "./fakes/fake-docker.js";
export { encodeFrame, readFrames } from "./fakes/grpc-frames.js";
export { type ReceivedEntry, receiveTree, type TreeRequest } from "./fakes/receive-tree.js";
export {
  openSessionPeer,
  type PeerCall,
  PeerCallError,
  type PeerStatus,
  type SessionPeer,
} from "./fakes/session-peer.js";
export { joinSessionTunnel } from "./fakes/session-tunnel.js";
export { type FileServer, startFileServer } from "./file-server.js";
export { readTree, tree, writeTree } from "./files/tree.js";
export { formatTreeLine, parseTreeLine, type TreeEntry } from "./files/tree-entry.js";
export { type GitServer, type GitServerOptions, startGitServer } from "./git-server.js";
export { assertNoLeaks, leakCheck, type OpenHandles, openHandles } from "./leak-check.js";
export { type Listener, type ListenKind, listen } from "./listen.js";
export { opensshEnv } from "./openssh-env.js";
export { type Registry, type RegistryOptions, startRegistry } from "./registry.js";
export { dialStdioCommand } from "./relay/programs.js";
export { type Relay, type RelayOptions, startRelay } from "./relay/relay.js";
export {
  type RelayContainer,
  type RelayContainerOptions,
  startRelayContainer,
} from "./relay/relay-container.js";
export { type Sshd, type SshdOptions, startSshd } from "./sshd.js";
export { describeTerminal, startTerminal, type Terminal, type TerminalOptions } from "./terminal.js";
export { type Certificate, createTestPki, type TestPki } from "./tls.js";
export { type TmpDir, tmpDir } from "./tmp-dir.js";
export { startTokenServer, type TokenServer, type TokenServerOptions } from "./token-server.js";
export { waitUntil } from "./wait-until.js";
