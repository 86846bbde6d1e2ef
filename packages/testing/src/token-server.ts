// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestPki } from "./tls.js";

export interface TokenServerOptions {
  /** Its server certificate is the TLS server's, and signs the tokens too. */
  readonly pki: TestPki;
  readonly username: string;
  readonly password: string;
  /** Stands for the same user. */
  readonly identityToken: string;
}

/** Gives the tokens that a registry of `startRegistry({ tokens })` asks for. */
export interface TokenServer extends AsyncDisposable {
  /** https, on 127.0.0.1. */
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  /** Path of the certificates that a token's signature leads to. */
  readonly rootCertPath: string;
  /** How each request proved who sent it, and what it asked for: "refresh_token repository:a:pull". */
  readonly requests: readonly string[];
}

const ISSUER = "bk-test-issuer";
const SERVICE = "bk-test-registry";

/** Starts a token server that grants its one user everything, and others nothing. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { pki } = options;
  const requests: string[] = [];
  const server = createServer({ cert: pki.server.cert, key: pki.server.key }, (request, response) => {
    void readRequest(request).then((asked) => {
      requests.push(`${asked.grant} ${asked.scopes.join(" ")}`);
      answer(asked, options, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    realm: `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    issuer: ISSUER,
    service: SERVICE,
    rootCertPath: pki.ca.certPath,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asked {
  /** "password", "refresh_token", "basic" or "anonymous". */
  readonly grant: string;
  /** What proves it. */
  readonly proof: string;
  readonly scopes: readonly string[];
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  if (request.method === "POST") {
    const form = new URLSearchParams(await text(request));
    const proof = form.get("refresh_token") ?? `${form.get("username")}:${form.get("password")}`;
    return { grant: form.get("grant_type") ?? "", proof, scopes: splitScopes(form.getAll("scope")) };
  }
  const { searchParams } = new URL(request.url ?? "/", "https://127.0.0.1");
  const scopes = splitScopes(searchParams.getAll("scope"));
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? "")?.[1];
  if (basic === undefined) return { grant: "anonymous", proof: "", scopes };
  return { grant: "basic", proof: Buffer.from(basic, "base64").toString("utf8"), scopes };
}

function splitScopes(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(" "));
}

function answer(asked: Asked, options: TokenServerOptions, response: ServerResponse): void {
  const isUser =
    asked.proof === `${options.username}:${options.password}` ||
    (asked.grant === "refresh_token" && asked.proof === options.identityToken);
  if (!isUser && asked.grant !== "anonymous") {
    response.writeHead(401).end("who are you?");
    return;
  }
  const token = signToken(options.pki, isUser ? asked.scopes : []);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ access_token: token, token, expires_in: 300 }));
}

/** A JSON Web Token as docker-registry wants it: ES256, with the certificate in its header. */
function signToken(pki: TestPki, scopes: readonly string[]): string {
  const certificate = pki.server.cert.replace(/-----[A-Z ]+-----|\s/g, "");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: SERVICE,
    sub: "test",
    jti: randomUUID(),
    iat: now,
    nbf: now - 60,
    exp: now + 300,
    access: scopes.map(toAccess),
  };
  const signed = [{ typ: "JWT", alg: "ES256", x5c: [certificate] }, claims].map(encode).join(".");
  const key = createPrivateKey(pki.server.key);
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** "repository:a/b:pull,push" as a claim. */
function toAccess(scope: string): object {
  const [type = "", name = "", actions = ""] = scope.split(":");
  return { type, name, actions: actions.split(",") };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
