// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asciiOutput } from "../lib/ascii-output.mjs";

let dir;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "bk-ascii-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const SOURCE = `
  export const text = "İ… 😀";
  export const template = \`\${[1]}µ\`;
  export const found = ["µs", "😀"].map((text) => /^(?:µs|[😀])$/u.test(text));
`;

test("a program in ASCII alone has the same strings and expressions", async () => {
  const [input, file] = ["source.mjs", "program.mjs"].map((name) => path.join(dir, name));
  writeFileSync(input, SOURCE);
  const bundle = await rolldown({ input, plugins: [asciiOutput()] });
  const { output } = await bundle.write({ file, minify: true });
  await bundle.close();
  expect(output[0].code).toMatch(/^[\0-\x7f]+$/);
  expect({ ...(await import(pathToFileURL(file).href)) }).toEqual({
    text: "İ… 😀",
    template: "1µ",
    found: [true, true],
  });
});
