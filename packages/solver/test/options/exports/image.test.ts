// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type ExportOptions, resolveExport } from "../../../src/options/export-options.js";
import { parseReference } from "../../../src/options/reference.js";

function resolved(options: ExportOptions, ...tags: readonly string[]) {
  return resolveExport(options, { option: "exports[0]", tags: tags.map(parseReference) });
}

describe("an image export", () => {
  test("has every attribute of the daemon's exporter, by the daemon's names", () => {
    const { type, attrs } = resolved(
      {
        type: "image",
        push: true,
        insecureRegistry: true,
        unpack: false,
        store: true,
        danglingNamePrefix: "left",
        danglingNameEmptyOnly: true,
        nameCanonical: true,
        ociMediaTypes: true,
        ociArtifact: false,
        attestationInline: true,
        preferNondistLayers: true,
        compression: "zstd",
        compressionLevel: 19,
        forceCompression: true,
        sourceDateEpoch: 1,
        rewriteTimestamp: true,
        attrs: { "annotation-manifest[linux/amd64].org.example.title": "App, with = and ," },
      },
      "app",
      "ghcr.io/me/app:2",
    );

    expect(type).toBe("image");
    expect(attrs).toEqual({
      name: "docker.io/library/app:latest,ghcr.io/me/app:2",
      push: "true",
      "registry.insecure": "true",
      unpack: "false",
      store: "true",
      "dangling-name-prefix": "left",
      "danging-name-empty-only": "true",
      "name-canonical": "true",
      "oci-mediatypes": "true",
      "oci-artifact": "false",
      "attestation-inline": "true",
      "prefer-nondist-layers": "true",
      compression: "zstd",
      "compression-level": "19",
      "force-compression": "true",
      "source-date-epoch": "1",
      "rewrite-timestamp": "true",
      "annotation-manifest[linux/amd64].org.example.title": "App, with = and ,",
    });
  });

  test("is pushed by digest without a tag, even the default one", () => {
    const { attrs } = resolved({ type: "image", push: true, pushByDigest: true }, "localhost:5000/app");

    expect(attrs).toMatchObject({ name: "localhost:5000/app", "push-by-digest": "true" });
    expect(() => resolved({ type: "image", pushByDigest: true }, "app:1")).toThrow(
      expect.objectContaining({ code: "BK_OPTIONS_INVALID", option: "tags[0]" }),
    );
  });

  test("may have names of its own, in place of the tags", () => {
    expect(resolved({ type: "image", name: ["a", "b:1"] }, "tag").attrs["name"]).toBe(
      "docker.io/library/a:latest,docker.io/library/b:1",
    );
    expect(resolved({ type: "image", attrs: { name: "*" } }, "tag").attrs["name"]).toBe("*");
  });

  test("is a push without unpacking as a registry export, as with docker buildx", () => {
    expect(resolved({ type: "registry" }, "app")).toMatchObject({
      type: "image",
      attrs: { push: "true", unpack: "false" },
    });
    expect(resolved({ type: "registry", unpack: true }, "app").attrs["unpack"]).toBe("true");
  });

  test("of Docker's own store can prefer the digest of the image", () => {
    const { type, attrs } = resolved({ type: "moby", preferImageDigest: true });
    expect({ type, attrs }).toEqual({ type: "moby", attrs: { "prefer-image-digest": "true" } });
  });

  test.each<[string, object, string, string]>([
    ["a push without a name", { push: true }, "tags", "at least one tag"],
    [
      "a slip in an attribute",
      { attrs: { compresion: "zstd" } },
      "exports[0].attrs.compresion",
      'An image export has no attribute "compresion": did you mean compression?',
    ],
    [
      "the correct spelling of what the daemon misspells",
      { attrs: { "dangling-name-empty-only": "true" } },
      "exports[0].attrs.dangling-name-empty-only",
      "did you mean danging-name-empty-only?",
    ],
    ["what is nothing like it", { attrs: { xyzzy: "" } }, "exports[0].attrs.xyzzy", "There are "],
    ["an unknown compression", { compression: "lzma" }, "exports[0].compression", "estargz or zstd"],
    ["a switch that is none", { push: "yes" }, "exports[0].push", '"yes", not true or false'],
    ["the same as text", { attrs: { push: "yes" } }, "exports[0].attrs.push", '"yes", not true or false'],
    ["a level that is none", { compressionLevel: 1.5 }, "exports[0].compressionLevel", "not a whole number"],
    ["a malformed name", { name: "Not A Name" }, "exports[0].name", "not a valid image name"],
    ["an attribute of other exporters", { platformSplit: true }, "exports[0].platformSplit", "no option"],
    ["an inherited name", { attrs: { constructor: "x" } }, "exports[0].attrs.constructor", "no attribute"],
  ])("refuses %s", (_, options, option, shown) => {
    const resolving = () => resolved({ type: "image", ...options });

    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });

  test("names the type that was meant", () => {
    const typo = { type: "regsitry" } as unknown as ExportOptions;
    expect(() => resolved(typo)).toThrow("did you mean registry?");
  });
});
