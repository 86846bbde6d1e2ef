// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { tmpDir } from "@bk/testing";
import { expect, test } from "vitest";
import { Ingests } from "../../src/content/ingests.js";

test("leave nothing of an ingest that is being made when they are closed, and make no other", async () => {
  await using dir = await tmpDir();
  const ingests = new Ingests(dir.path);
  const acquired = expect(ingests.acquire("ref", "sha256")).rejects.toThrow("has ended");
  await ingests.close();
  await acquired;
  await expect(readdir(dir.join("ingest"))).resolves.toEqual([]);
  await expect(ingests.acquire("ref", "sha256")).rejects.toThrow("has ended");
});
