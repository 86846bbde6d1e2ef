// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { createMountServices } from "../src/mount-services.js";
import { resolveSolveOptions, type SolveOptions } from "../src/options/solve-options.js";

function mount(options: Pick<SolveOptions, "secrets" | "ssh">, env = {}) {
  return createMountServices(resolveSolveOptions({ contextDir: "/ctx", ...options }), { env });
}

describe("createMountServices()", () => {
  test("announces nothing that is not declared", async () => {
    await expect(mount({})).resolves.toEqual([]);
    const [secrets, ...more] = await mount({ secrets: { a: { value: "x" } } });
    expect(secrets?.methods).toEqual(["/moby.buildkit.secrets.v1.Secrets/GetSecret"]);
    expect(more).toEqual([]);
  });

  test.each([
    { name: "no such file", source: { file: "/none" }, says: "/none" },
    { name: "no such variable", source: { env: "NONE" }, says: "NONE" },
    { name: "too large a value", source: { value: "x".repeat(512_001) }, says: "larger than 512000 bytes" },
  ])("refuses a secret with $name, by its id", async ({ source, says }) => {
    await expect(mount({ secrets: { npm: source } })).rejects.toMatchObject({
      code: "BK_OPTIONS_INVALID",
      option: "secrets.npm",
      message: expect.stringContaining(says),
      cause: { code: "BK_SECRET_FAILED" },
    });
  });

  test("shows nothing of a key file that cannot be used", async () => {
    await using dir = await tmpDir();
    const key = join(dir.path, "id");
    await writeFile(
      key,
      "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2=\n-----END OPENSSH PRIVATE KEY-----\n",
    );

    const error = await mount({ ssh: { default: { keyFiles: [key] } } }).catch((thrown: Error) => thrown);

    expect(error).toMatchObject({ code: "BK_OPTIONS_INVALID", option: "ssh" });
    expect(JSON.stringify(error)).toContain(key);
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });

  test("says what to do when there is no agent", async () => {
    await expect(mount({ ssh: { default: {} } })).rejects.toThrow("SSH_AUTH_SOCK is not set");
  });
});
