// SPDX-License-Identifier: Apache-2.0
import { checkRecord, checkText } from "./check-option.js";
import { invalidOption, renameOption } from "./invalid-option.js";
import { parseReference } from "./reference.js";

/** What turns the Dockerfile into steps. Default: the daemon's own frontend, or the one that `# syntax=` names. */
export interface FrontendOptions {
  /**
   * Image of a frontend that the daemon runs in place of its own. For a Dockerfile whose `# syntax=` is not to count, set
   * the build arg BUILDKIT_SYNTAX instead, as with docker buildx.
   */
  readonly image?: string | undefined;
  /** More attributes, as the frontend spells them. What options of their own set is refused. */
  readonly attrs?: Readonly<Record<string, string>> | undefined;
}

export interface ResolvedFrontend {
  readonly name: "dockerfile.v0" | "gateway.v0";
  readonly attrs: Readonly<Record<string, string>>;
}

const SYNTAX_ARG = "BUILDKIT_SYNTAX";
/** Attributes that options of their own set. */
const OWN_ATTRS: ReadonlySet<string> = new Set(
  (
    "filename target platform no-cache image-resolve-mode context dockerfilekey source cmdline frontend.caps " +
    "force-network-mode add-hosts shm-size ulimit cgroup-parent cache-imports"
  ).split(" "),
);
const OWN_PREFIX = /^(?:build-arg|label|context|attest|sharedkey):/;

/** @throws {SolverError} `BK_OPTIONS_INVALID` */
export function resolveFrontend(
  { image, attrs = {} }: FrontendOptions,
  buildArgs: Readonly<Record<string, string>>,
): ResolvedFrontend {
  const extra = checkRecord("frontend.attrs", attrs);
  for (const name of Object.keys(extra)) {
    const option = `frontend.attrs.${name}`;
    if (OWN_ATTRS.has(name) || OWN_PREFIX.test(name))
      throw invalidOption(option, `${option} is set by an option of its own`);
  }
  const syntax = buildArgs[SYNTAX_ARG];
  if (image !== undefined && syntax !== undefined) {
    throw invalidOption(
      "frontend.image",
      `A build has frontend.image or the build arg ${SYNTAX_ARG}, not both`,
    );
  }
  if (image !== undefined) {
    return { name: "gateway.v0", attrs: { ...extra, source: checkImage("frontend.image", image) } };
  }
  if (syntax === undefined) return { name: "dockerfile.v0", attrs: extra };
  return { name: "gateway.v0", attrs: { ...extra, ...readSyntax(syntax) } };
}

/** Must match docker buildx: the first word is the image. A frontend that gets `cmdline` passes over `# syntax=`. */
function readSyntax(cmdline: string): Record<string, string> {
  const [image = ""] = cmdline.trim().split(" ");
  return { source: checkImage(`buildArgs.${SYNTAX_ARG}`, image), cmdline };
}

function checkImage(option: string, image: string): string {
  renameOption(option, () => parseReference(checkText(option, image)));
  return image;
}
