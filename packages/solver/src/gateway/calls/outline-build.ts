// SPDX-License-Identifier: Apache-2.0
import type { Daemon } from "../../daemon/daemon.js";
import { type JsonObject, readString } from "../../failure/json-fields.js";
import type { SolveCallOptions } from "../../solve-call-options.js";
import { callFrontend, type FrontendAnswer } from "./call-frontend.js";
import { parseAnswer, readItems, readLine } from "./parse-answer.js";

/** A build argument that the target uses. */
export interface OutlineArg {
  readonly name: string;
  /** From a comment of the Dockerfile: `# NAME what it is for`. */
  readonly description: string;
  /** Its value in this build; empty when it has none. */
  readonly value: string;
  readonly line: number | undefined;
}

/** A secret or an SSH agent that the target mounts. */
export interface OutlineMount {
  readonly id: string;
  /** Whether the build fails without it. */
  readonly required: boolean;
  readonly line: number | undefined;
}

/** A cache mount of the target. */
export interface OutlineCache {
  readonly id: string;
  readonly line: number | undefined;
}

export interface OutlineResult extends FrontendAnswer {
  /** The target's name; empty for the last stage without one. */
  readonly name: string;
  readonly description: string;
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineMount[];
  readonly ssh: readonly OutlineMount[];
  readonly caches: readonly OutlineCache[];
}

/** Lists what a build's target takes: arguments, secrets, SSH agents, caches. @throws as `callFrontend` */
export async function outlineBuild(daemon: Daemon, options: SolveCallOptions): Promise<OutlineResult> {
  return parseOutline(await callFrontend(daemon, options, "outline"));
}

export function parseOutline(answer: FrontendAnswer): OutlineResult {
  const object = parseAnswer(answer.json);
  return {
    ...answer,
    name: readString(object, "name"),
    description: readString(object, "description"),
    args: readItems(object, "args").map((arg) => ({
      name: readString(arg, "name"),
      description: readString(arg, "description"),
      value: readString(arg, "value"),
      line: readLine(arg),
    })),
    secrets: readItems(object, "secrets").map(toMount),
    ssh: readItems(object, "ssh").map(toMount),
    caches: readItems(object, "cache").map((cache) => ({
      id: readString(cache, "ID"),
      line: readLine(cache),
    })),
  };
}

function toMount(mount: JsonObject): OutlineMount {
  return { id: readString(mount, "name"), required: mount["required"] === true, line: readLine(mount) };
}
