// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { Readable } from "node:stream";
import { listen, tmpDir } from "@bk/testing";
import { describe, expect, test } from "vitest";
import { type BuildFlags, toBuildOptions as toOptions } from "../src/build-flags.js";

const stdin = Readable.from([]);

function toBuildOptions(path: string, flags: BuildFlags, env = {}) {
  return toOptions(path, flags, { env, stdin });
}

describe("toBuildOptions()", () => {
  test("takes build args from the command line and the environment", async () => {
    const buildArg = ["A=1", "B=x=y", "FROM_ENV", "NOT_THERE", "EMPTY="];
    const { buildArgs } = await toBuildOptions(".", { cache: true, buildArg }, { FROM_ENV: "e" });
    expect(buildArgs).toEqual({ A: "1", B: "x=y", FROM_ENV: "e", EMPTY: "" });
  });

  test("gives a label without a value an empty one", async () => {
    const { labels } = await toBuildOptions(".", { cache: true, label: ["a=b", "c"] });
    expect(labels).toEqual({ a: "b", c: "" });
  });

  test("keeps the order of tags and turns --no-cache round", async () => {
    const options = await toBuildOptions("dir", { cache: false, tag: ["b", "a"], file: "x/Dockerfile" });
    expect(options).toMatchObject({
      contextDir: "dir",
      tag: ["b", "a"],
      dockerfile: "x/Dockerfile",
      noCache: true,
    });
  });

  test.each(["=x", ""])("refuses the label %j", async (label) => {
    await expect(toBuildOptions(".", { cache: true, label: [label] })).rejects.toThrow("--label");
  });

  test("takes the context or the Dockerfile from stdin, and not both", async () => {
    const context = await toBuildOptions("-", { cache: true });
    expect(context.context).toBe(stdin);
    expect(context.contextDir).toBeUndefined();
    expect((await toBuildOptions(".", { cache: true, file: "-" })).dockerfile).toBe(stdin);
    await expect(toBuildOptions("-", { cache: true, file: "-" })).rejects.toThrow("Stdin cannot be both");
  });

  test("takes a URL for the context, and everything else for a directory", async () => {
    const url = "https://host/app.git#main";
    expect(await toBuildOptions(url, { cache: true })).toMatchObject({ context: url });
    expect(await toBuildOptions("missing", { cache: true })).toMatchObject({ contextDir: "missing" });
    await expect(toBuildOptions("https://host:port/app.git", { cache: true })).rejects.toThrow(
      "host or port",
    );
  });

  test("passes the time of SOURCE_DATE_EPOCH on, and not in place of another", async () => {
    const env = { SOURCE_DATE_EPOCH: "1700000000" };
    const given = { cache: true, buildArg: ["SOURCE_DATE_EPOCH=0"] };
    expect(await toBuildOptions(".", { cache: true }, env)).toMatchObject({ buildArgs: env });
    expect(await toBuildOptions(".", given, env)).toMatchObject({ buildArgs: { SOURCE_DATE_EPOCH: "0" } });
  });

  test("takes secrets from files and variables, by name alone from whichever there is", async () => {
    const secret = ["id=a,src=x", "type=env,id=b,src=B", "id=TOKEN", "id=.npmrc", "", "id=a,env=LATER"];
    const { secrets } = await toBuildOptions(".", { cache: true, secret }, { TOKEN: "t" });
    expect(secrets).toEqual({
      a: { env: "LATER" },
      b: { env: "B" },
      TOKEN: { env: "TOKEN" },
      ".npmrc": { file: ".npmrc" },
    });
  });

  test("tells an agent's socket from key files", async () => {
    await using dir = await tmpDir();
    await using agent = await listen("unix", () => {});
    const socket = agent.address.slice("unix://".length);
    const key = join(dir.path, "id_ed25519");
    const flags = { cache: true, ssh: ["default", `agent=${socket}`, `key=${key}`, "keys=a,b"] };
    expect((await toBuildOptions(".", flags)).ssh).toEqual({
      default: {},
      agent: { agentSocket: socket },
      key: { keyFiles: [key] },
      keys: { keyFiles: ["a", "b"] },
    });
  });

  test.each([
    { flags: { ssh: ["default", "=x"] }, says: "--ssh has two agents" },
    { flags: { secret: ["id=a,nope=x"] }, says: 'no "nope"' },
    { flags: { secret: ["id"] }, says: "not key=value" },
  ])("refuses $flags", async ({ flags, says }) => {
    await expect(toBuildOptions(".", { cache: true, ...flags })).rejects.toThrow(says);
  });
});
