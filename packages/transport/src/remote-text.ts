// SPDX-License-Identifier: Apache-2.0

/** Remote text on one line, without characters that a terminal would act on. */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
}
