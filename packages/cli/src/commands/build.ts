// SPDX-License-Identifier: Apache-2.0
import type { FrontendAnswer } from "@bk/client";
import type { CallFlag } from "@bk/solver/flags";
import type { Command } from "commander";
import { addBuildOptions, type BuildFlags, toBuildOptions } from "../build-flags.js";
import { openBuildReport } from "../build-report.js";
import { toCall } from "../call-flags.js";
import { dockerfileName, formatCall } from "../call-text.js";
import type { CliContext } from "../cli-context.js";
import { EXIT_CODES } from "../exit-codes.js";
import { ExitError } from "../exit-error.js";
import { checkLegacyFlags } from "../legacy-flags.js";
import { openClient } from "../open-client.js";
import { takesStdout, toOutputOptions } from "../output-flags.js";
import { addProgressOptions, type ProgressFlags, toProgressMode } from "../progress-flags.js";
import { markOutputShown } from "../shown-output.js";
import { UsageError } from "../usage-error.js";

export function addBuildCommand(program: Command, context: CliContext): void {
  addBuildOptions(addProgressOptions(program.command("build")))
    .description("build an image from a Dockerfile")
    .argument(
      "<path>",
      "directory that COPY and ADD read from, or URL of a git repository or a tar; - for a tar, or a Dockerfile alone, on stdin",
    )
    .action((contextPath: string, flags: BuildFlags & ProgressFlags) => build(contextPath, flags, context));
}

async function build(
  contextPath: string,
  flags: BuildFlags & ProgressFlags,
  context: CliContext,
): Promise<void> {
  const { signal, stdout, stderr } = context;
  for (const line of checkLegacyFlags(flags)) stderr.write(line);
  const progress = toProgressMode(flags, { env: context.env, output: stderr });
  const call = await toCall(flags);
  if (call && flags.report !== undefined)
    throw new UsageError("--report is about a build, and --call and --check build nothing");
  const options = {
    ...(await toBuildOptions(contextPath, flags, context)),
    ...(await toOutputOptions(flags, context)),
  };
  const report = await openBuildReport(flags, options, context);
  const client = await openClient(context);
  try {
    if (flags.wait) await client.waitForReady({ signal });
    const given = { ...options, waitTimeoutMs: 0, progress, output: stderr, signal };
    if (call) {
      const answer = await client.callFrontend(call.name, given);
      return await writeAnswer(call, answer, dockerfileName(contextPath, flags.file), context);
    }
    await report.during(async () => {
      const result = await client.build({ ...given, onStatus: report.onStatus });
      const digest = result.imageDigest ?? result.configDigest;
      if (digest !== undefined && !takesStdout(options, context)) stdout.write(`${digest}\n`);
      return result;
    });
    context.onBuilt?.();
  } catch (error) {
    if (progress !== "rawjson" && progress !== "none") markOutputShown(error);
    throw error;
  } finally {
    await client.close();
  }
}

async function writeAnswer(
  call: CallFlag,
  answer: FrontendAnswer,
  filename: string | undefined,
  context: CliContext,
): Promise<void> {
  const { stdout, stderr, exitCode } = await formatCall(call, answer, { filename, env: context.env });
  context.stdout.write(stdout);
  if (exitCode !== EXIT_CODES.ok) throw new ExitError(exitCode, stderr);
}
