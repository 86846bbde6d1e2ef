// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type AttestationOptions, resolveAttestations } from "../../src/options/attestations.js";

describe("resolveAttestations()", () => {
  test.each<[AttestationOptions, object]>([
    [{}, { sbom: undefined, provenance: undefined, autoProvenance: false }],
    [
      { sbom: false, provenance: false },
      { sbom: undefined, provenance: undefined, autoProvenance: false },
    ],
    [
      { sbom: true, provenance: true },
      { sbom: "type=sbom", provenance: "type=provenance" },
    ],
    [{ provenance: "auto" }, { provenance: undefined, autoProvenance: true }],
    [{ sbom: { attrs: { KIND: "a" } } }, { sbom: "type=sbom,KIND=a" }],
  ])("reads %j", (options, expected) => {
    expect(resolveAttestations(options)).toMatchObject(expected);
  });

  test.each<[object, string]>([
    [{ provenance: { mode: "most" } }, "attestations.provenance.mode"],
    [{ provenance: "max" }, "attestations.provenance"],
    [{ sbom: { generator: "Not/OK" } }, "attestations.sbom.generator"],
    [{ sbom: { attrs: { "a b": "" } } }, "attestations.sbom.attrs"],
  ])("refuses %j", (options, option) => {
    expect(() => resolveAttestations(options as AttestationOptions)).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }),
    );
  });
});
