// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../src/address.js";
import { TransportError } from "../src/errors.js";
import { redactUserInfo } from "../src/invalid-address.js";

describe("parseAddress()", () => {
  test.each([
    ["tcp://localhost:1234", { kind: "tcp", host: "localhost", port: 1234 }],
    ["tcp://127.0.0.1:65535", { kind: "tcp", host: "127.0.0.1", port: 65535 }],
    ["tcp://[::1]:1234", { kind: "tcp", host: "::1", port: 1234 }],
    ["tcp://[fe80::1%eth0]:1", { kind: "tcp", host: "fe80::1%eth0", port: 1 }],
    [
      "tcp://build_kit.svc.cluster.local.:8080",
      { kind: "tcp", host: "build_kit.svc.cluster.local.", port: 8080 },
    ],
    ["unix:///run/buildkit/buildkitd.sock", { kind: "unix", path: "/run/buildkit/buildkitd.sock" }],
    ["unix:///tmp/with space/100%/b.sock", { kind: "unix", path: "/tmp/with space/100%/b.sock" }],
    [`unix:///${"x".repeat(106)}`, { kind: "unix", path: `/${"x".repeat(106)}` }],
    ["docker-container://buildkitd", { kind: "docker-container", name: "buildkitd" }],
    [
      "docker-container://buildx_buildkit_0.1?context=desktop-linux",
      { kind: "docker-container", name: "buildx_buildkit_0.1", context: "desktop-linux" },
    ],
    ["podman-container://Build-Kit", { kind: "podman-container", name: "Build-Kit" }],
    [
      "nerdctl-container://buildkitd?namespace=k8s.io",
      { kind: "nerdctl-container", name: "buildkitd", namespace: "k8s.io" },
    ],
    ["kube-pod://buildkitd-7c9.x", { kind: "kube-pod", name: "buildkitd-7c9.x" }],
    [
      "kube-pod://buildkitd?context=arn:aws:eks:eu-1:12:cluster/build%20farm&namespace=ci&container=daemon",
      {
        kind: "kube-pod",
        name: "buildkitd",
        context: "arn:aws:eks:eu-1:12:cluster/build farm",
        namespace: "ci",
        container: "daemon",
      },
    ],
    ["ssh://builder", { kind: "ssh", host: "builder" }],
    ["ssh://me@builder:2222", { kind: "ssh", host: "builder", port: 2222, user: "me" }],
    [
      "ssh://me@corp@[fe80::1]:22/run/user/1000/buildkit/buildkitd.sock",
      {
        kind: "ssh",
        host: "fe80::1",
        port: 22,
        user: "me@corp",
        socket: "/run/user/1000/buildkit/buildkitd.sock",
      },
    ],
  ])("reads %s, and formatAddress() writes it", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(parseAddress(text))).toBe(text);
  });

  test.each([
    ["", "empty"],
    [" tcp://localhost:1234", "white space"],
    ["tcp://localhost:1234 ", "white space"],
    ["tcp://localhost:1234\n", "white space"],
    ["tcp://local\0host:1234", "control character"],
    ["unix:///run/\x9b2Jb.sock", "control character"],
    ["localhost:1234", "no scheme"],
    ["/run/buildkit/buildkitd.sock", "no scheme"],
    ["http://localhost:1234", '"http"'],
    ["constructor://buildkitd", '"constructor"'],
    ["tcp://", "host is missing"],
    ["tcp://:1234", "host is missing"],
    ["tcp://localhost", "port is missing"],
    ["tcp://localhost:", "port is missing"],
    ["tcp://localhost:0", '"0" is no port'],
    ["tcp://localhost:65536", '"65536" is no port'],
    ["tcp://localhost:12a", '"12a" is no port'],
    ["tcp://localhost:-1", '"-1" is no port'],
    ["tcp://localhost:1234/path", "follows the port"],
    ["tcp://localhost:1234?x=1", "follows the port"],
    ["tcp://::1:1234", "needs brackets"],
    ["tcp://[::1", "brackets do not match"],
    ["tcp://[localhost]:1", "no host name"],
    ["tcp://-x:1", "no host name"],
    ["tcp://a b:1", "no host name"],
    ["unix://", "not absolute"],
    ["unix://relative.sock", "not absolute"],
    ["unix:///run/a%20b.sock", "percent-encoded"],
    [`unix:///${"x".repeat(107)}`, "108 bytes and the system allows 107"],
    [`unix:///${"é".repeat(54)}`, "109 bytes"],
    ["docker-container://", "name is missing"],
    ["docker-container://?context=x", "name is missing"],
    ["docker-container://-x", 'the name "-x" is not a letter or digit'],
    ["docker-container://a/b", "something other than options follows the name"],
    ["docker-container://a#b", "something other than options follows the name"],
    ["docker-container://a?namespace=b", 'the option "namespace" is unknown'],
    ["docker-container://a?context=b&context=c", 'the option "context" is there twice'],
    ["docker-container://a?context=b%0Ac", "printable characters"],
    [`docker-container://${"a".repeat(256)}`, "the name"],
    ["podman-container://--root=x", "the name"],
    ["podman-container://a b", "the name"],
    ["podman-container://a?x=1", 'the option "x" is unknown'],
    ["nerdctl-container://a?namespace=-b", 'the namespace "-b" is not'],
    ["kube-pod://-x", 'the name "-x" is not made of a-z'],
    ["kube-pod://x-", "the name"],
    ["kube-pod://X", "the name"],
    ["kube-pod://a..b", "the name"],
    [`kube-pod://${"a".repeat(254)}`, "253 at most"],
    ["kube-pod://p?namespace=-n", 'the namespace "-n"'],
    ["kube-pod://p?namespace=a.b", 'the namespace "a.b"'],
    ["kube-pod://p?container=-c", 'the container "-c"'],
    ["kube-pod://p?container=%00", "the container"],
    ["ssh://", "host is missing"],
    ["ssh://me@", "host is missing"],
    ["ssh://-oProxyCommand=x", "no host name"],
    ["ssh://-l@host", "user name"],
    ["ssh://$(x)@host", "user name"],
    ["ssh://@host", "user name"],
    ["ssh://host:0", '"0" is no port'],
    ["ssh://host?x=1", "no options"],
    ["ssh://host#x", "no options"],
    ["ssh://host/run/a%20b.sock", "percent-encoded"],
  ])("refuses %j: %s", (text, reason) => {
    const error = refusal(text);
    expect(error.code).toBe("BK_ADDRESS_INVALID");
    expect(error.retryable).toBe(false);
    expect(error.message).toContain(reason);
    expect(error.message).toContain("tcp://host:port");
    expect(error.message).toContain("unix:///path/to/socket");
    expect(error.message).toContain(JSON.stringify(redactUserInfo(text)).slice(1, 20));
  });

  test.skipIf(process.platform === "win32")("refuses named pipes where there are none", () => {
    expect(refusal("npipe:////./pipe/docker_engine").message).toContain("Windows only");
  });

  test.each([
    ["kube-pod://p?namespace=&context=", "kube-pod://p"],
    ["docker-container://c/", "docker-container://c"],
    ["ssh://host:/", "ssh://host"],
    ["ssh://host//", "ssh://host"],
  ])("reads %s as %s", (text, same) => {
    expect(parseAddress(text)).toEqual(parseAddress(same));
  });

  test("keeps credentials out of the error", () => {
    for (const text of [
      "ssh://me:s3cret@host",
      "tcp://me:s3cret@host:1234",
      "me:s3cret@host:1234",
      "tcp://me:s3cret@host",
    ]) {
      const error = refusal(text);
      expect(error.message).not.toContain("s3cret");
      expect(error.endpoint).not.toContain("s3cret");
      expect(error.message).toContain("host");
    }
  });
});

describe("redactUserInfo()", () => {
  test("also finds credentials with an @ in them, and shortens long text", () => {
    expect(redactUserInfo("ssh://me:p@ss@host/path@x")).toBe("ssh://***@host/path@x");
    expect(redactUserInfo("x".repeat(1000))).toHaveLength(259);
  });
});

function refusal(text: string): TransportError {
  try {
    parseAddress(text);
  } catch (error) {
    if (TransportError.is(error)) return error;
    throw error;
  }
  return expect.fail(`${text} was taken`);
}
