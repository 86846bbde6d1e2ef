// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import type { Command, Option } from "commander";
import { createProgram } from "../src/program.js";

export interface ProgramOption {
  /** Such as `bk history ls`. */
  readonly command: string;
  readonly option: Option;
}

/** The program, which nobody runs. */
export function idleProgram(): Command {
  const stream = new PassThrough();
  const { signal } = new AbortController();
  return createProgram({ env: {}, stdin: stream, stdout: stream, stderr: stream, signal });
}

/** Every option of every command, hidden ones too, as the program itself knows them. */
export function programOptions(
  command: Command = idleProgram(),
  path = command.name(),
): readonly ProgramOption[] {
  return [
    ...command.options.map((option) => ({ command: path, option })),
    ...command.commands.flatMap((child) => programOptions(child as Command, `${path} ${child.name()}`)),
  ];
}
