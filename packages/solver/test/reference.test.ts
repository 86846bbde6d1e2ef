// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { SolverError } from "../src/errors.js";
import {
  formatFamiliarReference,
  formatReference,
  isDigest,
  parsePullReference,
  parseReference,
  referenceName,
  withDefaultTag,
} from "../src/reference.js";
import { loadVectors } from "./load-vectors.js";

interface ReferenceVector {
  readonly id: string;
  readonly in: string;
  readonly error?: string;
  readonly normalized?: string;
  readonly domain?: string;
  readonly path?: string;
  readonly name?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly familiar?: string;
  readonly tag_name_only?: string;
  readonly tag_name_only_familiar?: string;
  readonly docker_ref?: string;
}

const vectors = loadVectors<ReferenceVector>("reference");
const valid = vectors.filter(({ error }) => error === undefined);
const invalid = vectors.filter(({ error }) => error !== undefined);

describe("parseReference()", () => {
  test.each(valid)("$id: $in", (vector) => {
    const reference = parseReference(vector.in);
    expect(reference).toEqual(
      JSON.parse(
        JSON.stringify({ domain: vector.domain, path: vector.path, tag: vector.tag, digest: vector.digest }),
      ),
    );
    expect(referenceName(reference)).toBe(vector.name);
    expect(formatReference(reference)).toBe(vector.normalized);
    expect(formatFamiliarReference(reference)).toBe(vector.familiar);
    expect(formatReference(withDefaultTag(reference))).toBe(vector.tag_name_only);
    expect(formatFamiliarReference(withDefaultTag(reference))).toBe(vector.tag_name_only_familiar);
    expect(formatReference(parsePullReference(vector.in))).toBe(vector.docker_ref);
  });

  test.each(invalid)("$id: refuses $in", (vector) => {
    expect(() => parseReference(vector.in)).toThrow(SolverError);
    expect(() => parsePullReference(vector.in)).toThrow(SolverError);
  });

  test("says what is wrong with the name", () => {
    expect(() => parseReference("user/App")).toThrow(
      '"user/App" is not a valid image name: the repository name must be lower case',
    );
    expect(() => parseReference("0".repeat(64))).toThrow("image ID, not a name");
    expect(() => parseReference("x.io/".concat("a".repeat(256)))).toThrow(
      "has 256 characters, at most 255 fit",
    );
    expect(() => parseReference("app@md5:00112233445566778899aabbccddeeff")).toThrow("is not a digest");
  });
});

describe("isDigest()", () => {
  test("asks for a known algorithm and the right number of lower-case digits", () => {
    expect(isDigest(`sha256:${"0f".repeat(32)}`)).toBe(true);
    expect(isDigest(`sha256:${"0F".repeat(32)}`)).toBe(false);
    expect(isDigest(`sha256:${"0f".repeat(31)}`)).toBe(false);
    expect(isDigest(`constructor:${"0f".repeat(32)}`)).toBe(false);
  });
});
