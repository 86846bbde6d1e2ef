// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { integration, leakCheck, opensshEnv } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext, uniqueTag } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

const run = (command: string, args: readonly string[]) =>
  promisify(execFile)(command, [...args], { env: opensshEnv() });

/** As sha256sum prints it. */
function sha256(text: string): string {
  return `${createHash("sha256").update(text).digest("hex")}  -`;
}

/** Copies a program of this machine, with the libraries that it loads, below `root`. */
async function copyProgram(name: string, root: string): Promise<void> {
  const file = (await run("which", [name])).stdout.trim();
  const { stdout } = await run("ldd", [file]);
  const libraries = stdout.match(/\/\S+/g) ?? [];
  for (const path of [file, ...libraries]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
}

integration.describe("what steps mount", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** Runs steps with secrets or agents; the text is everything that the build showed. */
    async function build(steps: string, options: BuildOptions, env = {}): Promise<string> {
      await using opened = await openMode(mode, env);
      await using context = await shellContext(`FROM shell\n${steps}\n`);
      const output = textOutput();
      const common = { contextDir: context.path, tag: uniqueTag(), noCache: true, output };
      await opened.client.build({ ...common, ...options });
      return output.text;
    }

    test("gives secrets to steps and shows none", async () => {
      await using secret = await shellContext("");
      const file = secret.join("token");
      await writeFile(file, "hunter-file");
      const read = (path: string) => `$(sha256sum < ${path})`;
      const shown = await build(
        [
          `RUN --mount=type=secret,id=file [ "${read("/run/secrets/file")}" = "${sha256("hunter-file")}" ]`,
          `RUN --mount=type=secret,id=env,env=TOKEN [ "$(printf $TOKEN | sha256sum)" = "${sha256("hunter-env")}" ]`,
          `RUN --mount=type=secret,id=value,target=/v [ "${read("/v")}" = "${sha256("hunter-value")}" ]`,
          `RUN --mount=type=secret,id=asked [ "${read("/run/secrets/asked")}" = "${sha256("hunter-asked")}" ]`,
        ].join("\n"),
        {
          secrets: {
            file: { file },
            env: { env: "MY_TOKEN" },
            value: { value: "hunter-value" },
            asked: async (id) => Buffer.from(`hunter-${id}`),
          },
        },
        { MY_TOKEN: "hunter-env" },
      );

      expect(shown).toContain("4/4");
      expect(shown).not.toContain("hunter");
    });

    test("fails a step that requires a secret which is not declared, and lets others go on", async () => {
      const step = (more: string) => `RUN --mount=type=secret,id=npm${more} [ ! -e /run/secrets/npm ]`;
      const other = { secrets: { other: { value: "hunter2" } } };

      await build(step(""), other);

      await expect(build(step(",required=true"), other)).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: {
          message: expect.stringContaining("secret npm: not found"),
          source: { filename: "Dockerfile" },
        },
      });
    });

    test("ends with the callback's error, which the daemon is not told", async () => {
      const cause = new Error("the vault is sealed");
      const failing = build("RUN --mount=type=secret,id=vault true", {
        secrets: { vault: () => Promise.reject(cause) },
      });
      await expect(failing).rejects.toMatchObject({ code: "BK_SECRET_FAILED", cause });
    });

    test("refuses a missing file before anything is opened", async () => {
      await expect(build("", { secrets: { npm: { file: "/nonexistent/.npmrc" } } })).rejects.toMatchObject({
        code: "BK_OPTIONS_INVALID",
        option: "secrets.npm",
        message: expect.stringContaining("/nonexistent/.npmrc"),
      });
      await expect(
        build("", { ssh: { default: { keyFiles: ["/nonexistent/id_rsa"] } } }),
      ).rejects.toMatchObject({ code: "BK_OPTIONS_INVALID", option: "ssh" });
    });

    test("lets a step's ssh-add see the key that is forwarded, and no comment", async () => {
      await using keys = await shellContext("");
      const key = keys.join("id");
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "me@laptop", "-f", key]);
      await using opened = await openMode(mode);
      await using context = await shellContext(
        "FROM shell\nCOPY root/ /\nRUN --mount=type=ssh ssh-add -L && ! ssh-add -D\n",
      );
      await copyProgram("ssh-add", context.join("root"));
      const output = textOutput();

      await opened.client.build({
        contextDir: context.path,
        tag: uniqueTag(),
        ssh: { default: { keyFiles: [key] } },
        noCache: true,
        output,
      });

      const [type, blob] = (await readFile(`${key}.pub`, "utf8")).split(" ");
      expect(output.text).toContain(`${type} ${blob}`);
      expect(output.text).not.toContain("laptop");
    });

    test("fails a step that requires an SSH agent which is not forwarded", async () => {
      await using keys = await shellContext("");
      const key = keys.join("id");
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      const step = "RUN --mount=type=ssh,id=deploy,required=true true";
      await expect(build(step, { ssh: { default: { keyFiles: [key] } } })).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        failure: { message: expect.stringContaining('no SSH agent "deploy"') },
      });
    });
  });
});
