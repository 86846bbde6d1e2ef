// SPDX-License-Identifier: Apache-2.0
// `pnpm conformance [--vectors DIR] [--area NAME]`
import path from "node:path";
import { parseArgs } from "node:util";
import { formatResult, runVectors, vectorsDir } from "./lib/runner.mjs";

const { values } = parseArgs({ options: { vectors: { type: "string" }, area: { type: "string" } } });
// pnpm runs this at the workspace root; INIT_CWD is where the person stands.
const from = process.env.INIT_CWD ?? process.cwd();
const dir = values.vectors === undefined ? vectorsDir : path.resolve(from, values.vectors);

const results = await runVectors(dir, { area: values.area });
for (const result of results) console.log(formatResult(result));
if (results.length === 0) console.log(`no vectors${values.area ? ` of ${values.area}` : ""} in ${dir}`);
process.exitCode = results.length > 0 && results.every((result) => result.failures.length === 0) ? 0 : 1;
