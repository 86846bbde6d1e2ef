// SPDX-License-Identifier: Apache-2.0

/** A frontend's attributes with only what names a cache of its cache imports: the rest may be tokens and keys. */
export function withoutCredentials(
  attrs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const imports = attrs["cache-imports"];
  return imports === undefined ? attrs : { ...attrs, "cache-imports": namesOfCaches(imports) };
}

function namesOfCaches(json: string): string {
  try {
    const entries: readonly { readonly Type?: unknown; readonly Attrs?: Record<string, unknown> }[] =
      JSON.parse(json);
    const named = entries.map(({ Type, Attrs = {} }) => ({
      Type,
      Attrs: Object.fromEntries(Object.entries(Attrs).filter(([name]) => name === "scope" || name === "ref")),
    }));
    return JSON.stringify(named);
  } catch {
    return ""; // not what it should be, and so nothing to pass on
  }
}
