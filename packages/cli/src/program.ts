// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";
import type { CliContext, ProcessContext } from "./cli-context.js";
import { addBuildCommand } from "./commands/build.js";
import { addCacheCommands } from "./commands/cache.js";
import { addCompletionCommand } from "./commands/completion.js";
import { addContextCommand } from "./commands/context.js";
import { addDaemonCommands } from "./commands/daemon.js";
import { addDialStdioCommand } from "./commands/dial-stdio.js";
import { addHistoryCommands } from "./commands/history.js";
import { addPingCommand } from "./commands/ping.js";
import { addVersionCommand } from "./commands/version.js";
import { addWaitCommand } from "./commands/wait.js";
import { addDaemonOptions, type DaemonFlags } from "./daemon-flags.js";
import { readVersion } from "./version.js";

const ENGINES = `
bk builds with the BuildKit of --builder, or of BUILDKIT_HOST when that is set: tcp://HOST:PORT, unix:///PATH,
docker-container://NAME, podman-container://NAME, nerdctl-container://NAME, kube-pod://NAME or ssh://USER@HOST.
Otherwise it uses the BuildKit inside Docker: that of DOCKER_HOST, of the current Docker context, or of the default
socket.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon, 130 interrupted.`;

/** The whole command line. Nothing of it connects, or loads more than it needs, before a command runs. */
export function createProgram(process: ProcessContext): Command {
  const program = new Command("bk")
    .description("Build container images with BuildKit, without docker")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .option("-D, --debug", "show the causes of a failure, with codes and stacks (default: false)")
    .addHelpText("after", ENGINES)
    .showHelpAfterError("Run bk --help, or bk help COMMAND, to see what there is.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(`bk: ${text.replace(/^error: /, "")}`),
    });
  addDaemonOptions(program);
  const context: CliContext = { ...process, daemonFlags: () => program.opts<DaemonFlags>() };
  addBuildCommand(program, context);
  addContextCommand(program, context);
  addCacheCommands(program, context);
  addHistoryCommands(program, context);
  addDaemonCommands(program, context);
  addPingCommand(program, context);
  addWaitCommand(program, context);
  addDialStdioCommand(program, context);
  addVersionCommand(program, context);
  addCompletionCommand(program, context);
  return program;
}
