// SPDX-License-Identifier: Apache-2.0
import { checkRecord } from "./check-option.js";
import type { ResolvedExport } from "./exports/resolved-export.js";
import { parseAnnotationFlag } from "./flags/annotation-flag.js";
import { invalidOption, renameOption } from "./invalid-option.js";

const ANNOTATED: ReadonlySet<string> = new Set(["docker", "image", "moby", "oci"]);

/**
 * Adds annotations to the exports that write manifests. Names are as in `docker buildx build --annotation`: alone, or
 * with their places in front, `index,manifest[linux/arm64]:org.example.name`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`, also when nothing of the build could hold them
 */
export function annotateExports(
  exports: readonly ResolvedExport[],
  annotations: Readonly<Record<string, string>>,
): readonly ResolvedExport[] {
  const entries = Object.entries(checkRecord("annotations", annotations));
  if (entries.length === 0) return exports;
  if (!exports.some(({ type }) => ANNOTATED.has(type)))
    throw invalidOption("annotations", "Annotations are for images, and the build exports none");
  const attrs = Object.fromEntries(
    entries.flatMap(([name, value]) => [
      ...renameOption(`annotations.${name}`, () => parseAnnotationFlag(`${name}=${value}`)),
    ]),
  );
  return exports.map((entry) =>
    ANNOTATED.has(entry.type) ? { ...entry, attrs: { ...entry.attrs, ...attrs } } : entry,
  );
}
