// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { integration, leakCheck, type Registry, startRegistry, tree } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { type OpenMode, openMode } from "./helpers/modes.js";
import { type Manifest, readBlob, readManifest } from "./helpers/registry-client.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

/** Writes a statement with an SPDX document, as docs/attestations/sbom-protocol.md of moby/buildkit asks a scanner to. */
const SCANNER = `FROM shell
COPY scan /scan
ENTRYPOINT ["/bin/sh", "/scan"]
`;
const SCAN = `cat > $BUILDKIT_SCAN_DESTINATION/sbom.spdx.json <<END
{
  "_type": "https://in-toto.io/Statement/v0.1",
  "predicateType": "https://spdx.dev/Document",
  "predicate": { "SPDXID": "SPDXRef-DOCUMENT", "name": "$(ls $BUILDKIT_SCAN_SOURCE) $BUILDKIT_SCAN_KIND" }
}
END
`;

integration.describe("attestations", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** Pushes an image and reads back what the registry has of it. */
    async function push(
      { client }: OpenMode,
      registry: Registry,
      options: BuildOptions,
    ): Promise<{ readonly manifest: Manifest; readonly statements: readonly Statement[] }> {
      await using context = await tree("ADD greeting file hello");
      await client.build({
        contextDir: context.path,
        dockerfile: { text: "FROM scratch\nARG WHO\nCOPY greeting /\n" },
        tag: `${registry.host}/app:1`,
        exports: [{ type: "image", push: true }],
        output: textOutput(),
        ...options,
      });
      const manifest = await readManifest(registry, "app", "1");
      return { manifest, statements: await readStatements(registry, manifest) };
    }

    test("none unless they are asked for: the image stays one manifest", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });

      const { manifest } = await push(opened, registry, {});

      expect(manifest.manifests).toBeUndefined();
      expect(manifest.layers).toHaveLength(1);
    });

    test("provenance: the default of docker buildx, or with every build arg", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      const buildArgs = { WHO: "world" };

      const auto = await push(opened, registry, { buildArgs, attestations: { provenance: "auto" } });
      const max = await push(opened, registry, { buildArgs, attestations: { provenance: { mode: "max" } } });

      expect(auto.statements).toMatchObject([
        { predicateType: expect.stringMatching(/^https:\/\/slsa.dev\//) },
      ]);
      expect(JSON.stringify(auto.statements)).not.toContain("world");
      expect(JSON.stringify(max.statements)).toContain("world");
    });

    test("an SBOM of the caller's own scanner, with its parameters", async () => {
      await using opened = await openMode(mode);
      await using registry = await startRegistry({ engine: opened.engine });
      const generator = `${registry.host}/scanner:1`;
      await using scanner = await shellContext(SCANNER);
      await writeFile(scanner.join("scan"), SCAN);
      await opened.client.build({
        contextDir: scanner.path,
        tag: generator,
        exports: [{ type: "image", push: true }],
        output: textOutput(),
      });

      const { statements } = await push(opened, registry, {
        attestations: { sbom: { generator, attrs: { KIND: "small" } } },
      });

      expect(statements).toMatchObject([
        { predicateType: "https://spdx.dev/Document", predicate: { name: "greeting small" } },
      ]);
    });

    test("are left out of files, and refused where they have no place", async () => {
      await using opened = await openMode(mode);
      await using context = await tree("ADD Dockerfile file x");
      const building = opened.client.build({
        contextDir: context.path,
        tag: "app",
        attestations: { provenance: true },
        exports: [{ type: "docker", open: () => Promise.reject(new Error("nothing is exported")) }],
        output: textOutput(),
      });

      await expect(building).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "attestations" });
    });
  });
});

interface Statement {
  readonly predicateType: string;
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** The in-toto statements beside the image of an index. */
async function readStatements(
  registry: Registry,
  { manifests = [] }: Manifest,
): Promise<readonly Statement[]> {
  const beside = manifests.filter(
    ({ annotations }) => annotations?.["vnd.docker.reference.type"] === "attestation-manifest",
  );
  const attestations = await Promise.all(beside.map(({ digest }) => readManifest(registry, "app", digest)));
  const layers = attestations.flatMap((manifest) => manifest.layers ?? []);
  const blobs = await Promise.all(layers.map(({ digest }) => readBlob(registry, "app", digest)));
  return blobs as unknown as readonly Statement[];
}
