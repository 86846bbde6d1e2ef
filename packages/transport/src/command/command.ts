// SPDX-License-Identifier: Apache-2.0
import type { ContainerAddress } from "../container-address.js";
import type { SshAddress } from "../ssh-address.js";

/** A program of this machine that joins its standard input and output to a daemon. */
export interface Command {
  /** Looked up on the PATH. */
  readonly program: string;
  readonly args: readonly string[];
}

/** What reaches a daemon through a program; Docker's containers are reached through its API instead. */
export type CommandAddress = Exclude<ContainerAddress, { kind: "docker-container" }> | SshAddress;

/** Joins its standard streams to the BuildKit of the place where it runs. Part of BuildKit's images. */
export const dialBuildkit: readonly string[] = ["buildctl", "dial-stdio"];

/** The command for a BuildKit daemon. Must match moby/buildkit: client/connhelper. */
export function buildkitCommand(address: CommandAddress): Command {
  switch (address.kind) {
    case "podman-container":
      return { program: "podman", args: ["exec", "-i", "--", address.name, ...dialBuildkit] };
    case "nerdctl-container": {
      const args = ["exec", ...flag("namespace", address.namespace), "-i", "--", address.name];
      return { program: "nerdctl", args: [...args, ...dialBuildkit] };
    }
    case "kube-pod": {
      const where = [...flag("context", address.context), ...flag("namespace", address.namespace)];
      const args = [...where, "exec", ...flag("container", address.container), "-i", address.name];
      // What stands before kubectl's "--" is the pod.
      return { program: "kubectl", args: [...args, "--", ...dialBuildkit] };
    }
    case "ssh": {
      const { socket } = address;
      return sshCommand(
        address,
        socket === undefined ? dialBuildkit : ["buildctl", "--addr", `unix://${socket}`, "dial-stdio"],
      );
    }
  }
}

/** The command for a Docker Engine. Must match docker/cli: connhelper. */
export function dockerCommand(address: SshAddress): Command {
  const { socket } = address;
  const host = socket === undefined ? [] : [`--host=unix://${socket}`];
  return sshCommand(address, ["docker", ...host, "system", "dial-stdio"]);
}

/** Without a terminal on the other side, which would change bytes. */
function sshCommand({ user, host, port }: SshAddress, remote: readonly string[]): Command {
  const login = [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", `${port}`]),
  ];
  // Over there a shell reads the words again.
  return { program: "ssh", args: ["-T", ...login, "--", host, ...remote.map(quoteWord)] };
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
