// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { integration, leakCheck, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../src/index.js";
import { openMode } from "./helpers/modes.js";
import { shellContext } from "./helpers/shell-context.js";
import { textOutput } from "./helpers/text-output.js";

integration.describe("what steps run with", () => {
  leakCheck();

  describe.each(["embedded", "unix"] as const)("%s", { timeout: 60_000 }, (mode) => {
    /** What a step prints. */
    async function printed(command: string, options: BuildOptions): Promise<string> {
      await using opened = await openMode(mode);
      await using out = await tmpDir();
      await using context = await shellContext(
        `FROM shell AS step\nRUN (${command}) > /printed\nFROM scratch\nCOPY --from=step /printed /\n`,
      );
      await opened.client.build({
        contextDir: context.path,
        noCache: ["step"],
        exports: [{ type: "local", dest: out.path }],
        output: textOutput(),
        ...options,
      });
      return readFile(out.join("printed"), "utf8");
    }

    test("network: the daemon's, or none", async () => {
      const own = Object.keys(networkInterfaces());

      const host = await printed("ls /sys/class/net", { run: { network: "host" } });
      const none = await printed("ls /sys/class/net", { run: { network: "none" } });

      expect(host.split("\n")).toEqual(expect.arrayContaining(own));
      expect(none).toBe("lo\n");
    });

    test("hosts, with the address of the daemon's machine", async () => {
      const hosts = { "db.test": ["192.0.2.7", "2001:db8::7"], machine: "host-gateway" };

      const lines = (await printed("cat /etc/hosts", { run: { hosts } })).split("\n");

      expect(lines).toContain("192.0.2.7\tdb.test");
      expect(lines).toContain("2001:db8::7\tdb.test");
      expect(lines).toContainEqual(expect.stringMatching(/^[\d.]+\tmachine$/));
    });

    test("shared memory, limits and the parent cgroup", async () => {
      const command = "df -k /dev/shm | tail -n 1; ulimit -Sn; ulimit -Hn; cat /proc/self/cgroup";
      const run = {
        shmSize: 8 << 20,
        ulimits: { nofile: { soft: 100, hard: 200 } },
        cgroupParent: "bk-test",
      };

      const text = await printed(command, { run });

      expect(text).toMatch(/^tmpfs\s+8192 /);
      expect(text).toContain("\n100\n200\n");
      expect(text).toContain(":/bk-test/");
    });

    test("refuses an entitlement that the daemon does not grant", async () => {
      const building = printed("true", { entitlements: ["security.insecure"] });

      await expect(building).rejects.toMatchObject({
        code: "BK_SOLVE_FAILED",
        message: expect.stringContaining("security.insecure"),
      });
    });
  });
});
