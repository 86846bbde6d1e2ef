// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

const PACKAGES = 1000;
const PACKAGES_PER_PARENT = 20;

const IGNORED = `# As a project has it: nine of ten files stay at home.
.git
**/node_modules/**/test
**/node_modules/**/example*
**/node_modules/.cache
**/*.md
!**/LICENSE.md
**/*.map
**/*.d.ts
`;

/** The files of one package: 5 are sent, 44 are not, and one more lies in .git. */
const KEPT = ["package.json", "LICENSE.md", "index.js", "lib/a.js", "lib/b.js"];
const DROPPED = [
  "README.md",
  "CHANGELOG.md",
  ...numbered(8, (n) => `docs/page${n}.md`),
  ...["index", "lib/a", "lib/b"].flatMap((name) => [`${name}.js.map`, `${name}.d.ts`]),
  ...numbered(22, (n) => `test/unit/case${n}.js`),
  ...numbered(6, (n) => `examples/demo${n}.js`),
];

/** 50,000 files in nested packages, of which a .dockerignore drops 90 %. */
export async function writeNodeModules(dir, scale) {
  const packages = Math.max(1, Math.round(PACKAGES * scale));
  await writeFile(path.join(dir, ".dockerignore"), IGNORED);
  for (let index = 0; index < packages; index += 1) {
    const parent = path.join(dir, "node_modules", `parent${Math.floor(index / PACKAGES_PER_PARENT)}`);
    const folder = path.join(parent, "node_modules", `package${index}`);
    for (const file of [...KEPT, ...DROPPED]) await write(path.join(folder, file));
    await write(path.join(dir, ".git", "objects", String(index % 256), `object${index}`));
  }
  const kept = packages * KEPT.length;
  return `[ ! -e /context/.git -a "$(busybox find /context/node_modules -type f | busybox wc -l)" = ${kept} ]`;
}

async function write(file) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, randomBytes(2200));
}

function numbered(count, name) {
  return Array.from({ length: count }, (_, index) => name(index));
}
