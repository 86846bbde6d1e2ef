// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseRemoteUrl } from "../../../src/options/contexts/remote-url.js";

describe("parseRemoteUrl()", () => {
  test.each([
    { url: "https://github.com/me/app.git", kind: "git", hasGitQuery: false },
    { url: "https://github.com/me/app.git#v1:docker", kind: "git", hasGitQuery: false },
    { url: "https://github.com/me/app.git?ref=v1&subdir=docker", kind: "git", hasGitQuery: true },
    { url: "https://me:secret@host:8443/app.git", kind: "git", hasGitQuery: false },
    { url: "git://127.0.0.1:9418/app", kind: "git", hasGitQuery: false },
    { url: "ssh://git@host:2222/srv/app.git", kind: "git", hasGitQuery: false },
    { url: "git@github.com:me/app.git#main", kind: "git", hasGitQuery: false },
    { url: "git@github.com:me/app.git?ref=main", kind: "git", hasGitQuery: true },
    { url: "github.com/me/app", kind: "git", hasGitQuery: false },
    { url: "http://127.0.0.1:8080/context.tar.gz?token=x", kind: "http", hasGitQuery: false },
    { url: "https://host/app.git/archive/main.tar", kind: "http", hasGitQuery: false },
    { url: "https://host/download?file=app.git", kind: "http", hasGitQuery: false },
    { url: "http://[::1]:8080/context.tar", kind: "http", hasGitQuery: false },
  ])("$url is fetched with $kind", ({ url, kind, hasGitQuery }) => {
    expect(parseRemoteUrl("context", url)).toEqual({ kind, url, hasGitQuery });
  });

  test.each([".", "./app.git", "/srv/app.git", "app", "C:\\app", "docker-image://alpine", "me@host/app", ""])(
    "%j is no URL",
    (text) => {
      expect(parseRemoteUrl("context", text)).toBeUndefined();
    },
  );

  test.each([
    { url: "https://", problem: "host or port" },
    { url: "https:///app.git", problem: "host or port" },
    { url: "https://host:99999/app.git", problem: "host or port" },
    { url: "https://ho st/app.git", problem: "spaces" },
    { url: "https://host/app.git#main\n--upload-pack=x", problem: "spaces or control" },
    { url: "git@host:app.git; rm -rf x", problem: "spaces" },
    { url: "https://host/%zz.git", problem: "%" },
    { url: "ssh://-oProxyCommand=x/app.git", problem: "" },
  ])("refuses $url", ({ url, problem }) => {
    expect(() => parseRemoteUrl("context", url)).toThrow(
      expect.objectContaining({
        code: "BK_OPTIONS_INVALID",
        option: "context",
        message: expect.stringContaining(problem),
      }),
    );
  });

  test("does not show a password", () => {
    const refused = () => parseRemoteUrl("context", "https://me:hunter2@host:99999/app.git");
    expect(refused).toThrow("https://***@host:99999/app.git");
    expect(refused).not.toThrow("hunter2");
  });
});
