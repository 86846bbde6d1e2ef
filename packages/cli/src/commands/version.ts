// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { readVersion } from "../version.js";

export function addVersionCommand(program: Command, { stdout }: CliContext): void {
  program
    .command("version")
    .description("print the versions of bk and of what it runs on")
    .action(() => {
      stdout.write(
        `bk ${readVersion()} (Node ${process.versions.node}, ${process.platform}/${process.arch})\n`,
      );
    });
}
