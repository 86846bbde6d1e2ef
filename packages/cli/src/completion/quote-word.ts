// SPDX-License-Identifier: Apache-2.0

/** One word for bash and zsh, in which nothing means anything. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
