// SPDX-License-Identifier: Apache-2.0

type Init = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/**
 * Stands for the global `Headers` in the bundle of the program (scripts/bundle.mjs), with what Connect uses of it. The
 * first use of Node's own loads all of `fetch`, which takes a tenth of a short build.
 */
export class Headers {
  readonly #values = new Map<string, string>();

  constructor(init: Init = {}) {
    const entries =
      Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
    for (const [name, value] of entries) this.append(name, value);
  }

  append(name: string, value: string): void {
    const earlier = this.get(name);
    this.set(name, earlier === null ? String(value) : `${earlier}, ${value}`);
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  /** By name. */
  [Symbol.iterator](): Iterator<[string, string]> & Iterable<[string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))[Symbol.iterator]();
  }

  entries(): Iterator<[string, string]> & Iterable<[string, string]> {
    return this[Symbol.iterator]();
  }
}
