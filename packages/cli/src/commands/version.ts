// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { addFormatOption, type FormatFlag, writeResult } from "../output.js";
import { readVersion } from "../version.js";

export function addVersionCommand(program: Command, context: CliContext): void {
  addFormatOption(program.command("version"))
    .description("print the versions of bk and of what it runs on")
    .action((flags: FormatFlag) => {
      const { versions, platform, arch } = process;
      const found = { version: readVersion(), node: versions.node, platform, arch };
      writeResult(
        context,
        flags,
        found,
        ({ version, node }) => `bk ${version} (Node ${node}, ${platform}/${arch})\n`,
      );
    });
}
