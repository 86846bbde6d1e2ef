// SPDX-License-Identifier: Apache-2.0

/**
 * A plugin of rolldown that writes what is not ASCII in strings and expressions as `\u` escapes. Node keeps a file of
 * ASCII alone with one byte for a character, and reads it in half the time.
 */
export function asciiOutput() {
  return {
    name: "ascii-output",
    // Behind the minifier, which would take the escapes back.
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "chunk") chunk.code = escapeCode(chunk.code);
      }
    },
  };
}

/** Of code whose comments and names do not matter. Astral characters become pairs, as JavaScript keeps them. */
function escapeCode(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
