// SPDX-License-Identifier: Apache-2.0

/** Answers the requests of one client of an SSH agent, one after the other. */
export interface AgentConnection extends Disposable {
  /** One message for one, both without their length. @throws {SessionError} `BK_SSH_FAILED`. */
  ask(request: Buffer): Promise<Buffer>;
}
