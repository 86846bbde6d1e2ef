// SPDX-License-Identifier: Apache-2.0

/**
 * What a value may be. `integer` is not negative; `milliseconds` is a number here and Go's `10m` on the wire; the texts
 * of a `list` are joined; a `secret` is a text that no message shows.
 */
type AttrKind =
  | "text"
  | "secret"
  | "bool"
  | "integer"
  | "milliseconds"
  | { readonly oneOf: readonly string[] }
  | { readonly list: "," | ";" };

/** An attribute of an exporter or a cache. */
export interface Attr {
  /** As the daemon spells it. */
  readonly name: string;
  readonly kind: AttrKind;
}

/** The attribute behind each option of `T`. */
export type AttrTable<T> = { readonly [K in keyof T]-?: Attr };

export function text(name: string): Attr {
  return { name, kind: "text" };
}

export function secret(name: string): Attr {
  return { name, kind: "secret" };
}

export function bool(name: string): Attr {
  return { name, kind: "bool" };
}

export function integer(name: string): Attr {
  return { name, kind: "integer" };
}

export function milliseconds(name: string): Attr {
  return { name, kind: "milliseconds" };
}

export function oneOf(name: string, values: readonly string[]): Attr {
  return { name, kind: { oneOf: values } };
}

export function list(name: string, separator: "," | ";"): Attr {
  return { name, kind: { list: separator } };
}
