// SPDX-License-Identifier: Apache-2.0
import type { WrittenAttrs } from "../attrs/resolve-attrs.js";
import { parseBool } from "../flags/csv.js";
import { invalidOption, renameOption, showValue } from "../invalid-option.js";
import { formatReference, parseReference, type Reference, withDefaultTag } from "../reference.js";
import type { ExportContext } from "./resolved-export.js";

/** Stands for the name that the frontend gives the image. */
const NAME_OF_FRONTEND = "*";

/**
 * The attributes with the names of an image: those of the export itself, else the tags of the build.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a malformed name, and a push without any.
 */
export function withNames(attrs: WrittenAttrs, { option, tags }: ExportContext): WrittenAttrs {
  const byDigest = isOn(attrs["push-by-digest"]);
  const own = attrs["name"];
  const names =
    own === undefined
      ? tags.map((tag, index) => formatName(`tags[${index}]`, tag, byDigest))
      : own === NAME_OF_FRONTEND
        ? [own]
        : own.split(",").map((text) => ownName(`${option}.name`, text, byDigest));
  if (names.length > 0) return { ...attrs, name: names.join(",") };
  if (isOn(attrs["push"]))
    throw invalidOption("tags", "A push needs at least one tag, which says where to push");
  return attrs;
}

/** Whether an attribute is a switch that is on: the daemon takes one without a value for true. */
export function isOn(value: string | undefined): boolean {
  return value === "" || (value !== undefined && parseBool(value) === true);
}

/** Must match the daemon: what is pushed by its digest has no tag. */
function formatName(option: string, reference: Reference, byDigest: boolean): string {
  if (!byDigest) return formatReference(withDefaultTag(reference));
  if (reference.tag === undefined && reference.digest === undefined) return formatReference(reference);
  const name = formatReference(reference);
  throw invalidOption(option, `${showValue(name)} has a tag, but what is pushed by digest goes without one`);
}

function ownName(option: string, text: string, byDigest: boolean): string {
  return formatName(
    option,
    renameOption(option, () => parseReference(text)),
    byDigest,
  );
}
