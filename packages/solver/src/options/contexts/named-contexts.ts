// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { checkPath, checkText } from "../check-option.js";
import { invalidOption, renameOption, showValue } from "../invalid-option.js";
import { parseReference } from "../reference.js";
import { normalizeContextName } from "./context-name.js";
import { type OciLayoutSource, parseOciLayout } from "./oci-layout.js";
import { parseRemoteUrl, type RemoteUrl } from "./remote-url.js";

/** What a Dockerfile finds under a name beside its own stages, with `FROM name` or `COPY --from=name`. */
export type NamedContext =
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "remote"; readonly remote: RemoteUrl }
  /** `dir` is absolute. The daemon asks the session for `localName`. */
  | { readonly kind: "disk"; readonly dir: string; readonly localName: string }
  /** The daemon asks the session for the store `storeName`. The source has a digest once the layout was looked at. */
  | { readonly kind: "layout"; readonly source: OciLayoutSource; readonly storeName: string };

const IMAGE = "docker-image://";
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** The session's own directories, which a named context must not stand in for. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(["context", "dockerfile"]);

/**
 * Reads named contexts as docker buildx does: `docker-image://alpine:3.19`, `oci-layout://path:tag`, a git or HTTP
 * URL, or the path of a directory. Names are those of images, without `latest`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function resolveNamedContexts(
  contexts: Readonly<Record<string, string>>,
): ReadonlyMap<string, NamedContext> {
  const resolved = new Map<string, NamedContext>();
  for (const [given, source] of Object.entries(contexts)) {
    const option = `namedContexts.${given}`;
    const name = renameOption(option, () => normalizeContextName(given));
    if (resolved.has(name)) throw invalidOption(option, `namedContexts has ${showValue(name)} twice`);
    const layout = parseOciLayout(option, checkText(option, source));
    const storeName = `layout-${resolved.size}`;
    resolved.set(
      name,
      layout ? { kind: "layout", source: layout, storeName } : resolveSource(option, name, source),
    );
  }
  return resolved;
}

function resolveSource(option: string, name: string, source: string): NamedContext {
  const remote = parseRemoteUrl(option, source);
  if (remote) return { kind: "remote", remote: checkRemote(option, remote) };
  if (source.startsWith(IMAGE)) return { kind: "image", reference: readImage(option, source) };
  if (source.startsWith("target:")) {
    throw invalidOption(
      option,
      `${option} is ${showValue(source)}: the targets of other builds are known to docker buildx bake only. Build it first, and name its image or its files`,
    );
  }
  const scheme = SCHEME.exec(source)?.[1];
  if (scheme !== undefined) {
    const known = "docker-image, oci-layout, http, https and git, and paths of directories";
    throw invalidOption(option, `${option} has the scheme ${showValue(scheme)}. Known are ${known}`);
  }
  const localName = TAKEN_NAMES.has(name) ? `_${name}` : name;
  return { kind: "disk", dir: resolve(checkPath(option, source)), localName };
}

/** Must match the daemon: it tells named contexts apart by what stands before the first colon. */
function checkRemote(option: string, remote: RemoteUrl): RemoteUrl {
  if (/^(?:https?|git):\/\/|^git@/.test(remote.url)) return remote;
  const problem = "which the daemon does not read as a named context. Write https://host/repository.git";
  throw invalidOption(option, `${option} is ${showValue(remote.url)}, ${problem}`);
}

/** The daemon shows the image as it was written. */
function readImage(option: string, source: string): string {
  const text = source.slice(IMAGE.length);
  renameOption(option, () => parseReference(text));
  return text;
}
