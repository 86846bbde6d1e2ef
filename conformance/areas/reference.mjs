// SPDX-License-Identifier: Apache-2.0
import {
  formatFamiliarReference,
  formatReference,
  parseAnyReference,
  parsePullReference,
  parseReference,
  referenceName,
  withDefaultTag,
} from "@bk/solver/reference";
import { expectEqual, expectRefused } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { textOf } from "../lib/text.mjs";

const KEYS = [
  ...["id", "group", "in", "error", "normalized", "kind", "domain", "path", "name", "tag", "digest"],
  ...["familiar_name", "familiar", "is_name_only", "tag_name_only", "tag_name_only_familiar", "trimmed"],
  ...["any", "any_kind", "any_error", "docker_ref", "docker_ref_error"],
];

/** Names of images. */
export const reference = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  checkKeys(vector.id, vector, KEYS);
  const text = textOf(vector.in);
  if (vector.error === undefined) checkNamed(vector, parseReference(text));
  else await expectRefused("parse", () => parseReference(text));
  if (vector.any_error === undefined) checkAny(vector, parseAnyReference(text));
  else await expectRefused("any", () => parseAnyReference(text));
  const pull = () => formatReference(parsePullReference(text));
  if (vector.docker_ref_error === undefined) expectEqual("docker_ref", pull(), vector.docker_ref);
  else await expectRefused("docker_ref", pull);
}

function checkNamed(vector, named) {
  const { domain, path, tag, digest } = named;
  const name = { domain, path };
  const tagged = withDefaultTag(named);
  const got = {
    normalized: formatReference(named),
    kind: kindOf(named),
    domain,
    path,
    name: referenceName(named),
    tag,
    digest,
    familiar_name: formatFamiliarReference(name),
    familiar: formatFamiliarReference(named),
    is_name_only: tag === undefined && digest === undefined,
    tag_name_only: formatReference(tagged),
    tag_name_only_familiar: formatFamiliarReference(tagged),
    trimmed: formatReference(name),
  };
  for (const [key, value] of Object.entries(got)) expectEqual(key, value, vector[key]);
}

function checkAny(vector, any) {
  expectEqual("any", "domain" in any ? formatReference(any) : any.digest, vector.any);
  expectEqual("any_kind", "domain" in any ? kindOf(any) : "digested", vector.any_kind);
}

function kindOf({ tag, digest }) {
  if (digest !== undefined) return "canonical";
  return tag === undefined ? "named" : "named-tagged";
}
