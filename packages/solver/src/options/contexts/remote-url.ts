// SPDX-License-Identifier: Apache-2.0
import { checkText } from "../check-option.js";
import { invalidOption, showValue } from "../invalid-option.js";

// Must match the daemon: dfgitutil and gitutil of moby/buildkit decide there what is fetched with git.

/** A context that the daemon fetches by itself. */
export interface RemoteUrl {
  readonly kind: "git" | "http";
  readonly url: string;
  /** A git URL that says more in its query: `?ref=main&subdir=app`. Frontends before Dockerfile 1.18 cannot read it. */
  readonly hasGitQuery: boolean;
}

const REMOTE = /^(https?|git|ssh):\/\//;
/** `git@github.com:me/app.git#main:docker` */
const SCP_STYLE = /^[A-Za-z0-9_-]+@[A-Za-z0-9.-]+:/;
/** Older than URLs here, and still read for the main context. */
const GITHUB = "github.com/";
const CONTROL_OR_SPACE = /[\p{Cc}\s]/u;
/** `new URL` would take the path's first part for the host. */
const NO_HOST = /:\/\/(?:[/?#]|$)/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/**
 * Reads an HTTP or git URL: one of http and https is a repository's when its path ends in `.git`. Nothing is fetched.
 *
 * @returns undefined for a text that is neither, such as a path
 * @throws {SolverError} `BK_OPTIONS_INVALID` for a malformed one; passwords are not shown
 */
export function parseRemoteUrl(option: string, value: unknown): RemoteUrl | undefined {
  const url = checkText(option, value);
  const scheme = REMOTE.exec(url)?.[1];
  if (scheme === undefined && !SCP_STYLE.test(url) && !url.startsWith(GITHUB)) return undefined;
  if (CONTROL_OR_SPACE.test(url)) throw malformed(option, url, "it holds spaces or control characters");
  if (BROKEN_ESCAPE.test(url)) throw malformed(option, url, "a % is not followed by two hexadecimal digits");
  if (scheme !== undefined || url.startsWith(GITHUB)) checkHost(option, url);
  const [beforeFragment = ""] = url.split("#");
  const [address = "", query = ""] = beforeFragment.split("?");
  const isGit = !scheme?.startsWith("http") || address.endsWith(".git");
  return { kind: isGit ? "git" : "http", url, hasGitQuery: isGit && query !== "" };
}

/** A URL without what may be a password. */
export function showUrl(url: string): string {
  return showValue(url.replace(/\/\/[^/?#]*@/, "//***@"));
}

function checkHost(option: string, url: string): void {
  const text = url.startsWith(GITHUB) ? `https://${url}` : url;
  const host = URL.canParse(text) && !NO_HOST.test(text) ? new URL(text).hostname : "";
  if (host === "") throw malformed(option, url, "its host or port is not valid");
  // A program that was given such a host would take it for an option.
  if (host.startsWith("-")) throw malformed(option, url, 'its host begins with "-"');
}

function malformed(option: string, url: string, problem: string): Error {
  return invalidOption(option, `${option} is ${showUrl(url)}, which is not a valid URL: ${problem}`);
}
