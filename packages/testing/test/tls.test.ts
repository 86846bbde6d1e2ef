// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";

import { createTestPki, tmpDir } from "../src/index.js";

test("createTestPki() signs with its authority, and makes one certificate that has ended", async () => {
  await using dir = await tmpDir();
  const pki = await createTestPki(dir.path);
  const ca = new X509Certificate(pki.ca.cert);
  const server = new X509Certificate(pki.server.cert);
  const expired = new X509Certificate(pki.expiredServer.cert);
  const foreign = new X509Certificate(pki.otherClient.cert);
  expect(server.verify(ca.publicKey)).toBe(true);
  expect(server.checkHost("localhost")).toBe("localhost");
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(new X509Certificate(pki.client.cert).verify(ca.publicKey)).toBe(true);
  expect(foreign.verify(ca.publicKey)).toBe(false);
  expect(expired.verify(ca.publicKey)).toBe(true);
  expect(Date.parse(expired.validTo)).toBeLessThan(Date.now());
});
