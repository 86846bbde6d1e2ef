// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { type Address, parseAddress } from "../../src/address.js";
import { buildkitCommand, type CommandAddress, dockerCommand } from "../../src/command/command.js";

/** The command as one would type it. */
function commandLine(text: string): string {
  const { program, args } = buildkitCommand(parseAddress(text) as CommandAddress);
  return [program, ...args].join(" ");
}

describe("buildkitCommand()", () => {
  test.each([
    ["podman-container://buildkitd", "podman exec -i -- buildkitd buildctl dial-stdio"],
    ["nerdctl-container://buildkitd", "nerdctl exec -i -- buildkitd buildctl dial-stdio"],
    [
      "nerdctl-container://buildkitd?namespace=ci",
      "nerdctl exec --namespace=ci -i -- buildkitd buildctl dial-stdio",
    ],
    ["kube-pod://buildkitd", "kubectl exec -i buildkitd -- buildctl dial-stdio"],
    [
      "kube-pod://buildkitd?context=farm&namespace=ci&container=daemon",
      "kubectl --context=farm --namespace=ci exec --container=daemon -i buildkitd -- buildctl dial-stdio",
    ],
    ["ssh://host", "ssh -T -- host buildctl dial-stdio"],
    ["ssh://me@host:2222", "ssh -T -l me -p 2222 -- host buildctl dial-stdio"],
    ["ssh://[::1]", "ssh -T -- ::1 buildctl dial-stdio"],
    ["ssh://host/run/b.sock", "ssh -T -- host buildctl --addr unix:///run/b.sock dial-stdio"],
  ])("for %s starts %s", (address, expected) => {
    expect(commandLine(address)).toBe(expected);
  });

  test("keeps an option's value in one argument, whatever it begins with", () => {
    const { args } = buildkitCommand({ kind: "kube-pod", name: "p", context: "--as=root x" });
    expect(args[0]).toBe("--context=--as=root x");
  });

  test("quotes a path for the shell on the other side", () => {
    const { args } = buildkitCommand({ kind: "ssh", host: "h", socket: "/run/it's; reboot" });
    expect(args).toContain(`'unix:///run/it'\\''s; reboot'`);
  });
});

describe("dockerCommand()", () => {
  test("asks the docker command over there", () => {
    const ssh = (text: string) => parseAddress(text) as Address & { kind: "ssh" };
    expect(dockerCommand(ssh("ssh://me@host")).args.join(" ")).toBe(
      "-T -l me -- host docker system dial-stdio",
    );
    expect(dockerCommand(ssh("ssh://host/run/docker.sock")).args.join(" ")).toBe(
      "-T -- host docker --host=unix:///run/docker.sock system dial-stdio",
    );
  });
});
