// SPDX-License-Identifier: Apache-2.0
import { toByteString } from "../../filesync/byte-string.js";
import type { NameAndSecret } from "../registry-auth.js";
import { encodeForm, type FormField, parseQuery } from "./form.js";
import type { HttpRequest } from "./http-exchange.js";

/** What the daemon wants a token for, in the registry's own words. */
export interface TokenRequest {
  /** The registry, as the daemon names it: `ghcr.io`, `registry-1.docker.io` for Docker Hub. */
  readonly host: string;
  /** URL of the token server. */
  readonly realm: string;
  readonly service: string;
  /** Such as `repository:library/alpine:pull`. */
  readonly scopes: readonly string[];
}

const CLIENT_ID = "buildkit-client";
const USER_AGENT = "bk";

/**
 * The OAuth request: POST, the secret in the body. Without a user name the secret is an identity token. Must match
 * containerd's core/remotes/docker/auth.
 */
export function toOAuthRequest(
  url: URL,
  { service, scopes }: TokenRequest,
  { username, secret }: NameAndSecret,
): HttpRequest {
  const grant: readonly (readonly [string, string])[] =
    username === ""
      ? [
          ["grant_type", "refresh_token"],
          ["refresh_token", secret],
        ]
      : [
          ["grant_type", "password"],
          ["username", username],
          ["password", secret],
        ];
  const scope = scopes.length === 0 ? [] : [toField("scope", scopes.join(" "))];
  const fields = [toField("service", service), toField("client_id", CLIENT_ID), ...scope];
  return {
    method: "POST",
    url,
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "user-agent": USER_AGENT,
    },
    body: encodeForm([...fields, ...grant.map(([name, value]) => toField(name, value))]),
  };
}

/**
 * The older request: GET, the secret in a header. Without a secret it is the anonymous one. Must match containerd's
 * core/remotes/docker/auth.
 */
export function toTokenRequest(
  url: URL,
  { service, scopes }: TokenRequest,
  { username, secret }: NameAndSecret,
): HttpRequest {
  const withQuery = new URL(url);
  withQuery.search = encodeForm([
    ...parseQuery(url.search.slice(1)),
    ...(service === "" ? [] : [toField("service", service)]),
    ...scopes.map((scope) => toField("scope", scope)),
  ]);
  const basic = Buffer.from(`${username}:${secret}`, "utf8").toString("base64");
  return {
    method: "GET",
    url: withQuery,
    headers: { "user-agent": USER_AGENT, ...(secret !== "" && { authorization: `Basic ${basic}` }) },
  };
}

function toField(name: string, value: string): FormField {
  return [name, toByteString(value)];
}
