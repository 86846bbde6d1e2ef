// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const codesIn = (text) => [...new Set(text.match(/BK_[A-Z_]+/g))].sort();

test.each([
  ["transport", "TransportError"],
  ["session", "SessionError"],
  ["solver", "SolverError"],
  ["client", "ClientError"],
])("docs/errors.md lists exactly the codes of @bk/%s", (folder, name) => {
  const source = read(`packages/${folder}/src/errors.ts`);
  const union = source.slice(source.indexOf("export type"), source.indexOf("const brand"));
  const section = read("docs/errors.md")
    .split("\n## ")
    .find((part) => part.startsWith(name));

  expect(codesIn(section ?? "")).toEqual(codesIn(union));
});
