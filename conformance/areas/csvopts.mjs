// SPDX-License-Identifier: Apache-2.0
import {
  attestsByType,
  formatAttestFlag,
  formatCacheFlag,
  formatOutputFlag,
  formatSecretFlag,
  formatSshFlag,
  parseAllowFlag,
  parseAnnotationFlag,
  parseAttestFlag,
  parseCacheFlag,
  parseCallFlag,
  parseContextFlag,
  parseCsvLine,
  parseOutputFlag,
  parseSecretFlag,
  parseSshFlag,
  toAttestFlag,
} from "@bk/solver/flags";
import { expectEqual, expectRefused } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { textOf, textsOf } from "../lib/text.mjs";

/** Where the vectors were recorded; it fills in what a platform leaves out. */
const HOST = { os: "linux", architecture: "amd64" };

/** The values of docker buildx's flags. What is refused is compared, the words for it are not. */
export const csvopts = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

/** Each function takes the texts of a case and returns what the case holds beside its own keys. */
const FUNCTIONS = {
  "csv.fields": ([text]) => ({ fields: parseCsvLine(text) }),
  "buildx.exports": (texts) => ({
    entries: given(texts).map((text) => {
      const flag = parseOutputFlag(text);
      return { ...flag, string: formatOutputFlag(flag) };
    }),
  }),
  "buildx.cache": (texts) => ({
    entries: given(texts)
      .flatMap(parseCacheFlag)
      .map((flag) => ({ ...flag, string: formatCacheFlag(flag) })),
  }),
  "buildx.secrets": (texts) => ({
    entries: given(texts).map((text) => {
      const flag = parseSecretFlag(text);
      return { id: flag.id, file_path: flag.file, env: flag.env, string: formatSecretFlag(flag) };
    }),
  }),
  "buildx.ssh": (texts) => ({
    entries: given(texts).map((text) => {
      const flag = parseSshFlag(text);
      return { ...flag, string: formatSshFlag(flag) };
    }),
  }),
  "buildx.attests": (texts) => {
    const flags = texts.map(parseAttestFlag);
    return {
      entries: flags.map((flag) => ({ ...flag, string: formatAttestFlag(flag) })),
      to_map: Object.fromEntries(attestsByType(flags)),
    };
  },
  "buildx.canonicalize_attest": ([type, value]) => ({ result: toAttestFlag(type, value) }),
  "buildx.annotations": (texts) => ({
    annotations: Object.fromEntries(given(texts).flatMap((text) => [...parseAnnotationFlag(text, HOST)])),
  }),
  "buildx.context_names": (texts) => ({ contexts: Object.fromEntries(given(texts).map(parseContextFlag)) }),
  "buildx.entitlements": (texts) => {
    const flags = given(texts).map(parseAllowFlag);
    return {
      entitlements: flags.flatMap(({ kind, entitlement }) => (kind === "entitlement" ? [entitlement] : [])),
      allow_local_delete: flags.some(({ kind }) => kind === "local-delete"),
    };
  },
  "buildx.call": ([text]) => {
    const call = parseCallFlag(text);
    if (!call) return { call: null };
    return { call: { name: call.name, format: call.format, ignore_status: call.ignoreStatus } };
  },
};

async function runCase(vector) {
  // `env` is what was set when the case was recorded; no parser here looks at the environment.
  const { id, fn, group, in: texts, error, env, ...wanted } = vector;
  const parse = FUNCTIONS[fn];
  if (!parse) throw new Error(`the runner does not know the function ${fn}`);
  const attempt = () => parse(texts.map(textOf));
  if (error !== undefined) {
    checkKeys(id, wanted, []);
    await expectRefused(fn, attempt);
    return;
  }
  const got = attempt();
  checkKeys(id, wanted, Object.keys(got));
  // Only then, since an attribute may have the name base64.
  const isBinary = texts.some((text) => typeof text !== "string");
  for (const [key, value] of Object.entries(got))
    expectEqual(key, value, isBinary ? textsOf(wanted[key]) : wanted[key]);
}

/** As docker buildx does, passes over flags without a value. */
function given(texts) {
  return texts.filter((text) => text !== "");
}
