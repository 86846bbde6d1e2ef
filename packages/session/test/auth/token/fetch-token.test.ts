// SPDX-License-Identifier: Apache-2.0
import { createTestPki, leakCheck, type TestPki, type TmpDir, tmpDir } from "@bk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type FetchTokenOptions, fetchToken } from "../../../src/auth/token/fetch-token.js";
import { deferred } from "../../helpers/deferred.js";
import { answerToken, startTokenServer } from "./token-server.js";

const auth = { username: "ada", password: "hunter2" };
const plain: FetchTokenOptions = { auth, allowTokenRealm: () => true };

/** From the registry on the server's own host. */
function requestTo(origin: string) {
  return {
    host: "localhost:5000",
    realm: `${origin}/token?a=secret`,
    service: "s",
    scopes: ["repository:a:pull"],
  };
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.catch((cause: unknown) => cause);
  if (!(error instanceof Error)) throw new Error("nothing was thrown");
  return error;
}

describe("fetchToken()", () => {
  leakCheck();
  let dir: TmpDir;
  let pki: TestPki;
  beforeAll(async () => {
    dir = await tmpDir();
    pki = await createTestPki(dir.path);
  });
  afterAll(() => dir[Symbol.asyncDispose]());
  afterEach(() => {
    vi.useRealTimers();
  });

  describe("over https", () => {
    test("trusts the registry's own CA", async () => {
      await using server = await startTokenServer(answerToken("t"), pki.server);
      const given = { auth, tls: { ca: pki.ca.cert } };
      await expect(fetchToken(requestTo(server.origin), given)).resolves.toMatchObject({ token: "t" });
    });

    test("shows the registry's client certificate", async () => {
      const tls = { ...pki.server, ca: pki.ca.cert, requestCert: true, rejectUnauthorized: true };
      await using server = await startTokenServer(answerToken("t"), tls);
      const client = { ca: pki.ca.cert, cert: pki.client.cert, key: pki.client.key };
      const given = { auth, tls: client };
      await expect(fetchToken(requestTo(server.origin), given)).resolves.toMatchObject({ token: "t" });
      await expect(
        fetchToken(requestTo(server.origin), { auth, tls: { ca: pki.ca.cert } }),
      ).rejects.toMatchObject({ code: "BK_TOKEN_FAILED" });
    });

    test.each([
      ["an unknown authority", () => pki.server, () => undefined],
      ["another authority", () => pki.server, () => ({ ca: pki.otherCa.cert })],
      ["the past", () => pki.expiredServer, () => ({ ca: pki.ca.cert })],
    ])("sends nothing to a server with a certificate of %s", async (_, certificate, tls) => {
      await using server = await startTokenServer(answerToken("t"), certificate());
      const error = await errorOf(fetchToken(requestTo(server.origin), { auth, tls: tls() }));
      expect(error).toMatchObject({
        code: "BK_TOKEN_FAILED",
        message: expect.stringContaining(server.origin),
      });
      expect(error.cause).toBeInstanceOf(Error);
      expect(server.requests).toEqual([]);
    });

    test("takes any certificate only where that is said", async () => {
      await using server = await startTokenServer(answerToken("t"), pki.expiredServer);
      const given = { auth, tls: { insecure: true } };
      await expect(fetchToken(requestTo(server.origin), given)).resolves.toMatchObject({ token: "t" });
      await expect(fetchToken(requestTo(server.origin), { auth })).rejects.toMatchObject({
        code: "BK_TOKEN_FAILED",
      });
    });
  });

  test("sends nothing to a token server on another host", async () => {
    await using server = await startTokenServer(answerToken("t"), pki.server);
    const request = { ...requestTo(server.origin), host: "r.io" };
    const given = { auth, tls: { ca: pki.ca.cert } };
    await expect(fetchToken(request, given)).rejects.toMatchObject({ code: "BK_TOKEN_REALM_REFUSED" });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ["no credentials", { username: "", password: "" }],
    ["a name alone", { username: "ada", password: "" }],
  ])(
    "asks a token server on another host with %s, as for an image that anybody may pull",
    async (_, nobody) => {
      await using server = await startTokenServer(answerToken("t"), pki.server);
      const request = { ...requestTo(server.origin), host: "lscr.io" };
      const tls = { ca: pki.ca.cert };
      await expect(fetchToken(request, { auth: nobody, tls })).resolves.toMatchObject({ token: "t" });
      expect(server.requests).toEqual(["GET /token?a=secret&scope=repository%3Aa%3Apull&service=s"]);
    },
  );

  test("shows a client certificate to no token server on another host", async () => {
    await using server = await startTokenServer(answerToken("t"), pki.server);
    const request = { ...requestTo(server.origin), host: "r.io" };
    const tls = { ca: pki.ca.cert, cert: pki.client.cert, key: pki.client.key };
    await expect(fetchToken(request, { auth: { username: "", password: "" }, tls })).rejects.toMatchObject({
      code: "BK_TOKEN_REALM_REFUSED",
    });
    expect(server.requests).toEqual([]);
  });

  test("gives up after a refusal of the credentials themselves", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(403).end("hunter2 is wrong");
    });
    const error = await errorOf(fetchToken(requestTo(server.origin), plain));
    expect(error).toMatchObject({ code: "BK_TOKEN_FAILED", message: expect.stringContaining("status 403") });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/hunter2|secret/);
    expect(server.requests).toEqual(["POST /token?a=secret"]);
  });

  test("does not try GET with an identity token where POST is not allowed", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(405).end();
    });
    const given = { ...plain, auth: { ...auth, identityToken: "i" } };
    await expect(fetchToken(requestTo(server.origin), given)).rejects.toThrow("status 405");
    expect(server.requests).toHaveLength(1);
  });

  test.each([302, 307])("follows no redirect %d to another origin", async (status) => {
    await using other = await startTokenServer(answerToken("stolen"));
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(status, { location: `${other.origin}/token` }).end();
    });
    const error = await errorOf(fetchToken(requestTo(server.origin), plain));
    expect(error).toMatchObject({ code: "BK_TOKEN_FAILED", message: expect.stringContaining("redirects") });
    expect(other.requests).toEqual([]);
  });

  test("turns POST into GET, without its body, where a redirect says so", async () => {
    await using server = await startTokenServer((request, response) => {
      if (request.url === "/there") answerToken(`${request.headers["content-type"]}`)(request, response);
      else response.writeHead(302, { location: "there" }).end();
    });
    await expect(fetchToken(requestTo(server.origin), plain)).resolves.toMatchObject({ token: "undefined" });
    expect(server.requests).toEqual(["POST /token?a=secret", "GET /there"]);
  });

  test("leaves a server that redirects for ever", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(307, { location: "/again" }).end();
    });
    await expect(fetchToken(requestTo(server.origin), plain)).rejects.toThrow("redirects without end");
    expect(server.requests).toHaveLength(11);
  });

  test("leaves a server that sends more than 1 MiB", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.on("drain", () => flood());
      const flood = () => {
        while (response.write(Buffer.alloc(1 << 16, " ")));
      };
      flood();
    });
    await expect(fetchToken(requestTo(server.origin), plain)).rejects.toThrow("more than 1048576 bytes");
  });

  test.each([
    ["rubbish", "hunter2"],
    ["no token", '{"refresh_token": "hunter2"}'],
  ])("tells %s for an answer without quoting it", async (_, body) => {
    await using server = await startTokenServer((_request, response) => {
      response.end(body);
    });
    const error = await errorOf(fetchToken(requestTo(server.origin), plain));
    expect(error).toMatchObject({
      code: "BK_TOKEN_FAILED",
      message: expect.stringContaining("did not answer with a token"),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
    expect(String(error.cause)).not.toContain("hunter2");
  });

  test("tells that nothing listens there", async () => {
    const server = await startTokenServer(answerToken("t"));
    await server[Symbol.asyncDispose]();
    await expect(fetchToken(requestTo(server.origin), plain)).rejects.toMatchObject({
      code: "BK_TOKEN_FAILED",
      message: expect.stringContaining("cannot be asked: connect ECONNREFUSED"),
    });
  });

  test("waits for the caller's decision no longer than the caller", async () => {
    const controller = new AbortController();
    const reason = new Error("the build was stopped");
    const allowTokenRealm = () => {
      controller.abort(reason);
      return new Promise<boolean>(() => {});
    };
    const given = { auth, allowTokenRealm, signal: controller.signal };
    await expect(fetchToken(requestTo("http://localhost:1"), given)).rejects.toBe(reason);
  });

  test("tells of a connection that breaks off", async () => {
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.socket?.end();
    });
    await expect(fetchToken(requestTo(server.origin), plain)).rejects.toMatchObject({
      code: "BK_TOKEN_FAILED",
    });
  });

  test("leaves a server that wants to speak another protocol", async () => {
    await using server = await startTokenServer((_request, { socket }) => {
      socket?.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n");
    });
    await expect(fetchToken(requestTo(server.origin), plain)).rejects.toMatchObject({
      code: "BK_TOKEN_FAILED",
      message: expect.stringContaining("it sent no answer"),
    });
  });

  test.each([
    ["says nothing", () => {}],
    ["stops in the middle", (response: NodeJS.WritableStream) => response.write('{"access_token":')],
  ])("leaves a server that %s for 20 s", async (_, begin) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { promise: asked, resolve } = deferred<void>();
    await using server = await startTokenServer((_request, response) => {
      begin(response);
      resolve();
    });
    const error = errorOf(fetchToken(requestTo(server.origin), plain));
    await asked;
    vi.advanceTimersByTime(20_000);
    expect(await error).toMatchObject({
      code: "BK_TOKEN_FAILED",
      message: expect.stringContaining("did not answer within 20 s"),
    });
  });

  test("rejects with the reason when the caller gives up", async () => {
    const controller = new AbortController();
    const reason = new Error("the build was stopped");
    await using server = await startTokenServer(() => controller.abort(reason));
    const fetching = fetchToken(requestTo(server.origin), { ...plain, signal: controller.signal });
    await expect(fetching).rejects.toBe(reason);
  });

  test("asks nobody when there is a registry token, or when the caller has given up", async () => {
    await using server = await startTokenServer(answerToken("t"));
    const given = { ...plain, auth: { ...auth, registryToken: "as it is" } };
    await expect(fetchToken(requestTo(server.origin), given)).resolves.toEqual({
      token: "as it is",
      expiresInSeconds: 60n,
      issuedAtSeconds: 0,
    });
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(fetchToken(requestTo(server.origin), { ...plain, signal })).rejects.toThrow("too late");
    expect(server.requests).toEqual([]);
  });
});
