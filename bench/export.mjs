// SPDX-License-Identifier: Apache-2.0
// Exports a build's result into a local directory with bk and with docker buildx in turn, and compares them.
import { compare } from "./lib/compare.mjs";
import { clearExport, EXPORT_CASES, exportDir, localOutput, writeExportContext } from "./lib/exports.mjs";
import { readOptions } from "./lib/options.mjs";

const comparison = {
  write: writeExportContext,
  output: localOutput,
  beforeRun: clearExport,
  afterRun: (rig, testCase, scale) => testCase.check(exportDir(rig), scale),
};

try {
  const options = readOptions("export.mjs", EXPORT_CASES);
  if (options) await compare(comparison, options);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
