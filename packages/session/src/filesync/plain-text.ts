// SPDX-License-Identifier: Apache-2.0

/** Longer texts are cut: a peer may send megabytes. */
const MAX_CHARACTERS = 1000;

/** What the daemon said, or the paths it named, for a message: on one line, without what a terminal acts on. */
export function toPlainText(text: string): string {
  const cut = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}...` : text;
  return cut.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}
