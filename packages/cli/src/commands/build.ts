// SPDX-License-Identifier: Apache-2.0
import type { FrontendAnswer } from "@bk/client";
import type { CallFlag } from "@bk/solver/flags";
import { type Command, Option } from "commander";
import { type BuildFlags, toBuildOptions } from "../build-flags.js";
import { openBuildReport } from "../build-report.js";
import { toCall } from "../call-flags.js";
import { dockerfileName, formatCall } from "../call-text.js";
import type { CliContext } from "../cli-context.js";
import { EXIT_CODES } from "../exit-codes.js";
import { ExitError } from "../exit-error.js";
import { addFrontendOptions } from "../frontend-flags.js";
import { addLegacyOptions, checkLegacyFlags } from "../legacy-flags.js";
import { openClient } from "../open-client.js";
import { takesStdout, toOutputOptions } from "../output-flags.js";
import { addProgressOptions, type ProgressFlags, toProgressMode } from "../progress-flags.js";
import { addAllowRegistryOption } from "../registry-auth-flags.js";
import { append } from "../repeatable.js";
import { markOutputShown } from "../shown-output.js";
import { UsageError } from "../usage-error.js";

export function addBuildCommand(program: Command, context: CliContext): void {
  const command = addProgressOptions(addLegacyOptions(program.command("build")));
  addFrontendOptions(command);
  addAllowRegistryOption(command);
  command
    .description("build an image from a Dockerfile")
    .argument(
      "<path>",
      "directory that COPY and ADD read from, or URL of a git repository or a tar; - for a tar, or a Dockerfile alone, on stdin",
    )
    .option("-t, --tag <name>", "name of the image, as name or name:tag (repeatable; default: none)", append)
    .option("-f, --file <path>", "the Dockerfile; - for stdin (default: Dockerfile in PATH)")
    .option(
      "--build-arg <name=value>",
      "value of an ARG; the environment's without =value (repeatable; default: none)",
      append,
    )
    .option(
      "--platform <os/arch>",
      "platform to build for, such as linux/arm64 (repeatable; default: the daemon's)",
      append,
    )
    .option("--target <stage>", "stage to build (default: the last)")
    .option("--label <name=value>", "label of the image (repeatable; default: none)", append)
    .option(
      "--secret <spec>",
      "what steps may mount: id=NAME,src=FILE, or id=NAME,env=VARIABLE (repeatable; default: none)",
      append,
    )
    .option(
      "--ssh <spec>",
      "SSH agent that steps may mount: default, ID=SOCKET, or ID=KEYFILE,KEYFILE; ID=SOCKET,raw=true for what is no agent (repeatable; default: none, but the agent for a git repository over SSH)",
      append,
    )
    .option(
      "--allow-token-realm <host>",
      "token server that credentials may go to although it is not known to be the registry's own, as HOST or HOST:PORT (repeatable; default: none)",
      append,
    )
    .option(
      "--registry-auth-tlscontext <spec>",
      "TLS to a registry's token server: host=HOST,ca=FILE,cert=FILE,key=FILE,insecure=BOOL (repeatable; default: as Node trusts)",
      append,
    )
    .option("--no-cache", "run every step anew (default: take steps from the cache)")
    .addOption(noCacheFilter())
    .option("--pull", "look every image up at its registry (default: only those that the daemon lacks)")
    .option(
      "--build-context <name=source>",
      "what the Dockerfile finds under a name: a directory, a URL, docker-image://IMAGE, oci-layout://PATH:TAG (repeatable; default: none)",
      append,
    )
    .option("--network <mode>", "network of RUN steps: default, host or none (default: default)")
    .option(
      "--add-host <name:address>",
      "line of /etc/hosts for RUN steps; host-gateway is the daemon's machine (repeatable; default: none)",
      append,
    )
    .option("--shm-size <size>", "size of /dev/shm for RUN steps, such as 128m (default: the daemon's)")
    .option(
      "--ulimit <name=soft:hard>",
      "limit of RUN steps, such as nofile=1024:2048 (repeatable; default: the daemon's)",
      append,
    )
    .option("--cgroup-parent <cgroup>", "cgroup that those of RUN steps are put into (default: the daemon's)")
    .option(
      "--resource <key=value>",
      "memory and CPU of RUN steps, such as memory=2g or cpu-quota=50000; for Dockerfile 1.25 and later (repeatable; default: no limit)",
      append,
    )
    .option(
      "--allow <entitlement>",
      "what RUN steps may do: network.host, security.insecure, device=NAME; buildx.local.delete for an output elsewhere (repeatable; default: none)",
      append,
    )
    .option(
      "--annotation <name=value>",
      "annotation of the image; index:NAME=VALUE for another place (repeatable; default: none)",
      append,
    )
    .option(
      "--attest <spec>",
      "statement about the image: type=sbom or type=provenance (repeatable; default: that of --provenance)",
      append,
    )
    .option(
      "--provenance <value>",
      "true, false, or parameters such as mode=max (default: mode=min where the image can hold it)",
    )
    .option("--sbom <value>", "true, false, or parameters such as generator=IMAGE (default: false)")
    .option(
      "-o, --output <spec>",
      "where the result goes: a directory, - for a tar, or type=TYPE,dest=PATH,... (repeatable; default: Docker)",
      append,
    )
    .option("--push", "push the image to the registries of its tags: --output type=registry (default: false)")
    .option(
      "--load",
      "load the image into Docker: --output type=docker (default: only without --output and --push)",
    )
    .option(
      "--cache-from <spec>",
      "cache to take steps from: an image, or type=TYPE,NAME=VALUE,... (repeatable; default: only the daemon's own)",
      append,
    )
    .option(
      "--cache-to <spec>",
      "cache to put steps into: type=TYPE,NAME=VALUE,... (repeatable; default: none)",
      append,
    )
    .option("--metadata-file <path>", "file for digests, names and provenance, as JSON (default: none)")
    .option("--iidfile <path>", "file for the image's ID (default: none)")
    .option(
      "--source-policy-file <path>",
      "JSON that says which sources the build may use (default: that of EXPERIMENTAL_BUILDKIT_SOURCE_POLICY, or none)",
    )
    .option(
      "--call <method>",
      "build, or check, outline or targets: what to ask about the Dockerfile; also METHOD,format=json (default: build)",
    )
    .option(
      "--check",
      "look for mistakes in the Dockerfile without building it: --call check (default: false)",
    )
    .option(
      "--report <path>",
      "file for a page about the build: timeline, cache, output, failure (default: none)",
    )
    .option("--wait", "wait up to 30 s for a daemon that is not ready yet (default: fail at once)")
    .action((contextPath: string, flags: BuildFlags & ProgressFlags) => build(contextPath, flags, context));
}

/** Commander would take it for the opposite of a flag `--cache-filter`. */
function noCacheFilter(): Option {
  const option = new Option(
    "--no-cache-filter <stage>",
    "run the steps of a stage anew (repeatable; default: none)",
  );
  option.negate = false;
  return option.argParser(append);
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
