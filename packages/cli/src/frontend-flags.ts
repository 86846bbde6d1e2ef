// SPDX-License-Identifier: Apache-2.0
import type { BuildOptions } from "@bk/client";
import { type Command, Option } from "commander";
import { append } from "./repeatable.js";
import { UsageError } from "./usage-error.js";

/** The flags that say what reads the Dockerfile, as buildctl names them. */
export interface FrontendFlags {
  readonly frontend?: string;
  readonly opt?: readonly string[];
}

/** buildctl's names for the daemon's own frontend, and for the image that `--opt source=` names. */
const OWN = "dockerfile.v0";
const GATEWAY = "gateway.v0";

export function addFrontendOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--frontend <image>",
        "image that reads the Dockerfile; or as with buildctl dockerfile.v0, or gateway.v0 with --opt source=IMAGE (default: the daemon's own, or that of # syntax=)",
      ),
    )
    .addOption(
      new Option(
        "--opt <name=value>",
        "attribute of the frontend that has no flag of its own (repeatable; default: none)",
      ).argParser(append),
    );
}

/** @throws {UsageError} for a pair without a name or a value, and gateway.v0 without an image. */
export function toFrontendOptions({ frontend, opt = [] }: FrontendFlags): BuildOptions["frontend"] {
  if (frontend === undefined && opt.length === 0) return undefined;
  const attrs = Object.fromEntries(opt.map(parseOpt));
  if (frontend === undefined || frontend === OWN) return { attrs };
  if (frontend !== GATEWAY) return { image: frontend, attrs };
  const { source, ...others } = attrs;
  if (!source) throw new UsageError("--frontend gateway.v0 needs --opt source=IMAGE");
  return { image: source, attrs: others };
}

function parseOpt(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--opt needs NAME=VALUE, and got ${JSON.stringify(text)}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
