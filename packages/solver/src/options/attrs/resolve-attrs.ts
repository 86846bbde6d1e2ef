// SPDX-License-Identifier: Apache-2.0
import { checkRecord } from "../check-option.js";
import { invalidOption, showValue } from "../invalid-option.js";
import type { Attr } from "./attr-table.js";
import { checkWritten, writeValue } from "./attr-value.js";
import { nearestName } from "./nearest-name.js";

/** Attributes as the daemon spells them: `{ compression: "zstd" }`. */
export type WrittenAttrs = Readonly<Record<string, string>>;

interface AttrSource {
  /** For messages: "An image export". */
  readonly what: string;
  /** By the names of options. */
  readonly table: Readonly<Record<string, Attr>>;
  /** Options that are no attributes, beside `type` and `attrs`. */
  readonly own?: readonly string[] | undefined;
  /** Names of attributes that the table does not list one by one. */
  readonly pattern?: RegExp | undefined;
}

/**
 * Spells options out as attributes, together with those that were given as such. Unknown names are refused, so that
 * a slip of the pen does not silently change what is built.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`, naming what was probably meant.
 */
export function resolveAttrs(
  option: string,
  given: { readonly attrs?: WrittenAttrs | undefined },
  { what, table, own = [], pattern }: AttrSource,
): WrittenAttrs {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === "type" || name === "attrs" || own.includes(name) || value === undefined) continue;
    const attr = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!attr)
      throw unknownName(`${option}.${name}`, `${what} has no option`, name, [...Object.keys(table), ...own]);
    written[attr.name] = writeValue(`${option}.${name}`, value, attr);
  }
  const known = new Map(Object.values(table).map((attr) => [attr.name, attr]));
  for (const [name, value] of Object.entries(checkRecord(`${option}.attrs`, given.attrs ?? {}))) {
    const path = `${option}.attrs.${name}`;
    const attr = known.get(name);
    if (!attr && !pattern?.test(name))
      throw unknownName(path, `${what} has no attribute`, name, [...known.keys()]);
    const checked = attr ? checkWritten(path, value, attr) : value;
    if (written[name] !== undefined && written[name] !== checked)
      throw invalidOption(path, `${path} says something else than ${option} itself`);
    written[name] = checked;
  }
  return written;
}

/** A `BK_OPTIONS_INVALID` error for a name that is not among `names`. */
export function unknownName(option: string, problem: string, name: string, names: readonly string[]): Error {
  const nearest = nearestName(name, names);
  const hint =
    nearest !== undefined
      ? `: did you mean ${nearest}?`
      : names.length > 0
        ? `. There are ${names.join(", ")}`
        : "";
  return invalidOption(option, `${problem} ${showValue(name)}${hint}`);
}
