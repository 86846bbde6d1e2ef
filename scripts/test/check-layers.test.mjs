// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findLayerProblems, importsOf } from "../check-layers.mjs";

let top;

beforeEach(() => {
  top = mkdtempSync(path.join(os.tmpdir(), "bk-layers-"));
  addPackage(
    "proto",
    { exports: { "./control": "./dist/control.js" } },
    { "src/control.ts": "export {};\n" },
  );
});

afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

function addPackage(name, manifest, files) {
  const dir = path.join(top, "packages", name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ name: `@bk/${name}`, ...manifest }));
}

describe("findLayerProblems()", () => {
  test("accepts an import of a lower layer through an exported subpath", () => {
    addPackage(
      "transport",
      { dependencies: { "@bk/proto": "1" } },
      { "src/a.ts": 'import type { X } from "@bk/proto/control";\n' },
    );
    expect(findLayerProblems(top)).toEqual([]);
  });

  test("refuses an import of a higher layer", () => {
    addPackage(
      "transport",
      { exports: { ".": "./x.js" }, dependencies: { "@bk/session": "1" } },
      { "src/a.ts": 'import {\n  y,\n} from "@bk/session";\n' },
    );
    addPackage("session", { exports: { ".": "./x.js" } }, { "src/y.ts": "" });
    expect(findLayerProblems(top)).toEqual([
      "packages/transport/src/a.ts: @bk/transport must not import @bk/session: imports only point down",
    ]);
  });

  test("refuses a deep import, in tests too", () => {
    addPackage(
      "transport",
      { devDependencies: { "@bk/proto": "1" } },
      { "test/a.test.ts": 'const x = await import("@bk/proto/dist/control.js");\n' },
    );
    expect(findLayerProblems(top)).toEqual([
      "packages/transport/test/a.test.ts: imports @bk/proto/dist/control.js, which @bk/proto does not export",
    ]);
  });

  test("refuses an import that package.json does not list, and a dependency that nothing imports", () => {
    addPackage("transport", { dependencies: { idle: "1" } }, { "src/a.ts": 'export * from "re2js/x.js";\n' });
    expect(findLayerProblems(top)).toEqual([
      "packages/transport/src/a.ts: imports re2js, which is not in the package's dependencies",
      "packages/transport/package.json: nothing in src imports idle",
    ]);
  });

  test("lets tests use what only devDependencies list, and sources not", () => {
    const files = { "src/a.ts": 'import "fast-check";\n', "test/a.test.ts": 'import "fast-check";\n' };
    addPackage("transport", { devDependencies: { "fast-check": "1" } }, files);
    expect(findLayerProblems(top)).toEqual([
      "packages/transport/src/a.ts: imports fast-check, which is not in the package's dependencies",
    ]);
  });

  test("lets a program's sources use what devDependencies list: it becomes part of the bundle", () => {
    const files = { "src/main.ts": 'import "commander";\n' };
    addPackage("cli", { bin: { bk: "./dist/main.cjs" }, devDependencies: { commander: "1" } }, files);
    expect(findLayerProblems(top)).toEqual([]);
    addPackage("cli", { devDependencies: { commander: "1" } }, files);
    expect(findLayerProblems(top)).toHaveLength(1);
  });

  test("asks for the layer of a package that it does not know", () => {
    addPackage("novel", {}, { "src/a.ts": "" });
    expect(findLayerProblems(top)).toEqual([
      "packages/novel: scripts/check-layers.mjs does not know the layer of this package",
    ]);
  });
});

describe("importsOf()", () => {
  test("finds every form of import and leaves comments alone", () => {
    const text = [
      'import "side-effect";',
      'import type { A } from "types";',
      'import d, { type B, c as e } from "mixed";',
      'import * as ns from "namespace";',
      'export { x } from "re-export";',
      'const lazy = await import("lazy");',
      '// import "commented";',
      ' * import { example } from "doc";',
      'const s = reimport("not");',
    ].join("\n");
    expect(importsOf(text)).toEqual(["side-effect", "types", "mixed", "namespace", "re-export", "lazy"]);
  });
});
