// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import {
  convertToHostname,
  createAuthService,
  createDockerCredentials,
  findRegistryAuth,
} from "@bk/session/auth";
import { writeDockerHome } from "../lib/docker-home.mjs";
import { expectEqual, expectRefused } from "../lib/expect.mjs";
import { checkKeys } from "../lib/keys.mjs";
import { textOf } from "../lib/text.mjs";
import { startTokenServer } from "../lib/token-server.mjs";

const COMMON_KEYS = ["id", "kind", "group", "note"];
const AUTH_KEYS = ["username", "password", "identity_token", "registry_token", "server_address"];

/** Credentials from Docker's files and helpers, tokens from a token server, and the keys that go with them. */
export const authconfig = {
  fileKeys: [],
  prepare: async () => ({ run: runCase }),
};

async function runCase(vector) {
  switch (vector.kind) {
    case "lookup":
      return runLookup(vector);
    case "token":
      return runToken(vector);
    case "authority":
      return runAuthority(vector);
    default:
      throw new Error(`the runner does not know the kind ${vector.kind}`);
  }
}

async function runLookup(vector) {
  checkKeys(vector.id, vector, [...COMMON_KEYS, "config", "env", "helpers", "hosts", "load_error"]);
  const home = await writeDockerHome({ files: { "config.json": vector.config }, helpers: vector.helpers });
  try {
    const environment = vector.env === undefined ? {} : { DOCKER_AUTH_CONFIG: textOf(vector.env) };
    const given = {
      file: path.join(home.dir, "config.json"),
      env: { ...environment, DOCKER_CONFIG: home.dir, PATH: home.bin },
    };
    if (vector.load_error !== undefined)
      await expectRefused("load", () => findRegistryAuth("registry.example", given));
    for (const host of vector.hosts ?? []) await checkHost(host, given);
  } finally {
    await home.close();
  }
}

async function checkHost(vector, given) {
  checkKeys("host", vector, ["host", "auth", "error", "provider", "convert_hostname"]);
  checkKeys("provider", vector.provider, ["username", "secret", "error"]);
  const host = textOf(vector.host);
  const find = () => findRegistryAuth(host, given);
  if (vector.error === undefined)
    expectEqual(`auth of ${host}`, toAuthJson(await find()), readAuth(vector.auth));
  else await expectRefused(`auth of ${host}`, find);
  const { env } = given;
  const service = createAuthService({ credentials: createDockerCredentials({ env }), env });
  const { username, secret, error } = vector.provider;
  const ask = () => service.credentials(host);
  if (error !== undefined) await expectRefused(`provider for ${host}`, ask);
  else
    expectEqual(`provider for ${host}`, await ask(), { username: textOf(username), secret: textOf(secret) });
  expectEqual(`convert_hostname of ${host}`, convertToHostname(host), textOf(vector.convert_hostname));
}

function readAuth(vector) {
  checkKeys("auth", vector, AUTH_KEYS);
  return Object.fromEntries(Object.entries(vector).map(([key, value]) => [key, textOf(value)]));
}

/** As the vectors write it: without the fields that are not there. */
function toAuthJson({ username, password, identityToken, registryToken, serverAddress }) {
  return {
    username,
    password,
    ...(identityToken && { identity_token: identityToken }),
    ...(registryToken && { registry_token: registryToken }),
    ...(serverAddress && { server_address: serverAddress }),
  };
}

async function runToken(vector) {
  checkKeys(vector.id, vector, [
    ...COMMON_KEYS,
    ...["auth", "request", "steps", "requests", "response", "error", "progress"],
  ]);
  checkKeys("request", vector.request, ["host", "realm", "service", "scopes"]);
  for (const step of vector.steps) checkKeys("step", step, ["status", "headers", "body"]);
  const server = await startTokenServer(vector.steps);
  try {
    const progress = [];
    const ask = () =>
      createService(vector, progress).fetchToken(readTokenRequest(vector.request, server.url));
    if (vector.error === undefined) checkToken(await ask(), vector.response);
    else await expectRefused("token", ask);
    expectEqual("requests", server.requests.map(toRequestJson), vector.requests.map(readRequest));
    expectEqual("progress", progress, vector.progress.map(textOf));
  } finally {
    await server.close();
  }
}

function createService({ auth }, progress) {
  const { username, password, identity_token, registry_token } = readAuth(auth);
  const known = { username, password, identityToken: identity_token, registryToken: registry_token };
  return createAuthService({
    credentials: { credentialsFor: async () => known },
    // The vectors' server is plain http on loopback, and no registry's own.
    allowTokenRealm: () => true,
    onShare: (what) => progress.push(what),
    env: {},
  });
}

function readTokenRequest({ host, realm, service, scopes }, url) {
  return {
    host: textOf(host),
    realm: textOf(realm).replace("{server}", url),
    service: textOf(service),
    scopes: scopes.map(textOf),
  };
}

function checkToken({ token, expiresInSeconds, issuedAtSeconds }, response) {
  checkKeys("response", response, ["token", "expires_in", "issued_at"]);
  expectEqual("token", token, textOf(response.token));
  expectEqual("expires_in", String(expiresInSeconds), String(response.expires_in));
  expectEqual("issued_at", String(issuedAtSeconds), String(response.issued_at));
}

function readRequest(vector) {
  checkKeys("recorded request", vector, ["method", "path", "raw_query", "headers", "form"]);
  return toRequestJson(vector);
}

/** Only two headers count. */
function toRequestJson({ method, path: name, raw_query, headers, form }) {
  const { authorization, "content-type": contentType } = headers;
  return { method, path: name, raw_query, authorization, contentType, form };
}

async function runAuthority(vector) {
  checkKeys(vector.id, vector, [
    ...COMMON_KEYS,
    ...["host", "token_seed", "salt", "has_secret", "payload", "public_key", "signed"],
  ]);
  const home = await writeDockerHome({ files: { ".token_seed": vector.token_seed } });
  try {
    const auth = { username: "u", password: vector.has_secret ? "p" : "" };
    const service = createAuthService({
      credentials: { credentialsFor: async () => auth },
      env: { DOCKER_CONFIG: home.dir },
    });
    const request = { host: textOf(vector.host), salt: Buffer.from(vector.salt, "base64") };
    const payload = Buffer.from(vector.payload, "base64");
    expectEqual("public_key", toBase64(await service.tokenAuthority(request)), vector.public_key);
    expectEqual("signed", toBase64(await service.signForAuthority({ ...request, payload })), vector.signed);
  } finally {
    await home.close();
  }
}

function toBase64(bytes) {
  return Buffer.from(bytes).toString("base64");
}
