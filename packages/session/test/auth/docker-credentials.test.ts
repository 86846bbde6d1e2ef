// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createDockerCredentials } from "../../src/auth/docker-credentials.js";
import { ANONYMOUS } from "../../src/auth/registry-auth.js";
import { SessionError } from "../../src/errors.js";
import { createCredentialHome } from "./helpers.js";

describe("createDockerCredentials()", () => {
  test("goes without credentials when there is no config.json", async () => {
    await using home = await createCredentialHome();
    await expect(createDockerCredentials({ env: home.env }).credentialsFor("r.io")).resolves.toEqual(
      ANONYMOUS,
    );
  });

  test("looks in .docker of the home folder when DOCKER_CONFIG is not set", async () => {
    await using home = await createCredentialHome();
    await mkdir(path.join(home.dir, ".docker"));
    await writeFile(path.join(home.dir, ".docker/config.json"), '{"auths": {"r.io": {"auth": "dTpw"}}}');
    const credentials = createDockerCredentials({ env: { DOCKER_CONFIG: "" }, homeDir: home.dir });
    await expect(credentials.credentialsFor("r.io")).resolves.toMatchObject({ username: "u", password: "p" });
  });

  test("names the file, and none of its text, when it is malformed", async () => {
    await using home = await createCredentialHome('{"auths": {"r.io": {"password": "hunter2"');
    const error: unknown = await createDockerCredentials({ env: home.env })
      .credentialsFor("r.io")
      .catch((reason: unknown) => reason);
    expect(SessionError.is(error) && error.code).toBe("BK_CREDENTIALS_FAILED");
    expect(String(error)).toContain(path.join(home.dir, "config.json"));
    expect(String(error)).not.toContain("hunter2");
  });

  test("asks a helper once for callers at the same time, and keeps the answer", async () => {
    await using home = await createCredentialHome('{"credsStore": "counting"}');
    const log = path.join(home.dir, "asked");
    await home.addHelper(
      "counting",
      `require("node:fs").appendFileSync(${JSON.stringify(log)}, input + "\\n");
       console.log('{"Username": "u", "Secret": "p"}');`,
    );
    const credentials = createDockerCredentials({ env: home.env });
    await Promise.all([credentials.credentialsFor("r.io"), credentials.credentialsFor("r.io")]);
    await expect(credentials.credentialsFor("r.io")).resolves.toMatchObject({ username: "u", password: "p" });
    await credentials.credentialsFor("s.io");
    await expect(readFile(log, "utf8")).resolves.toBe("r.io\ns.io\n");
  });

  test("does not keep a failure", async () => {
    await using home = await createCredentialHome('{"credsStore": "late"}');
    const credentials = createDockerCredentials({ env: home.env });
    await expect(credentials.credentialsFor("r.io")).rejects.toMatchObject({ code: "BK_CREDENTIALS_FAILED" });
    await home.addHelper("late", `console.log('{"Username": "u", "Secret": "p"}');`);
    await expect(credentials.credentialsFor("r.io")).resolves.toMatchObject({ username: "u" });
  });

  test("refuses a host that holds a line break", async () => {
    await using home = await createCredentialHome('{"credsStore": "any"}');
    const credentials = createDockerCredentials({ env: home.env });
    await expect(credentials.credentialsFor("r.io\nhttps://index.docker.io/v1/")).rejects.toMatchObject({
      code: "BK_CREDENTIALS_FAILED",
    });
  });
});
