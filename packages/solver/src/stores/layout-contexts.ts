// SPDX-License-Identifier: Apache-2.0
import { findManifest, hasBlob, openImportStore } from "@bk/session";
import { asOption } from "../as-option.js";
import type { NamedContext } from "../options/contexts/named-contexts.js";
import type { OciLayoutSource } from "../options/contexts/oci-layout.js";
import { invalidOption, showValue } from "../options/invalid-option.js";
import type { OpenedStore } from "./store-services.js";

/** Must match the daemon: source/containerimage of moby/buildkit. */
const STORE_PREFIX = "oci:";

export interface OpenedContexts {
  readonly opened: readonly OpenedStore[];
  /** With the digests of images in layouts. */
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
}

/**
 * Opens the OCI layouts that named contexts mean, each image by the digest that its tag has now.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for an image that is not there
 */
export async function openLayoutContexts(
  contexts: ReadonlyMap<string, NamedContext>,
): Promise<OpenedContexts> {
  const opened: OpenedStore[] = [];
  const namedContexts = new Map(contexts);
  for (const [name, context] of contexts) {
    if (context.kind !== "layout") continue;
    const option = `namedContexts.${name}`;
    const digest = await asOption(option, resolveDigest(option, context.source));
    const store = await asOption(option, openImportStore(context.source.dir));
    opened.push({ id: STORE_PREFIX + context.storeName, store });
    namedContexts.set(name, { ...context, source: { ...context.source, digest } });
  }
  return { opened, namedContexts };
}

async function resolveDigest(option: string, { dir, tag, digest }: OciLayoutSource): Promise<string> {
  const found = digest ?? (await findManifest(dir, tag ?? ""))?.digest;
  if (found === undefined) throw invalidOption(option, `The layout ${dir} has no image ${showValue(tag)}`);
  if (!(await hasBlob(dir, found)))
    throw invalidOption(option, `The layout ${dir} does not have the image ${found}`);
  return found;
}
