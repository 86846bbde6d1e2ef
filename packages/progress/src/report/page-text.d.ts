// SPDX-License-Identifier: Apache-2.0

/** Of a style sheet, its text; of a script, the text of one script with all that it imports. By scripts/lib/text-imports.mjs. */
declare module "*?text" {
  const text: string;
  export default text;
}
