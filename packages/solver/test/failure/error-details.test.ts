// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeErrorDetails } from "../../src/failure/error-details.js";
import { createSourceSnippet } from "../../src/failure/source-snippet.js";

// conformance/vectors/solveerr.json holds what the daemon sends, and what its own client makes of it.

describe("decodeErrorDetails()", () => {
  const json = (text: string) => Buffer.from(text);

  test("reads JSON details by the name after the last slash", async () => {
    const value = json('{"digest":"sha256:abc"}');
    const expected = [{ kind: "vertex", digest: "sha256:abc" }];
    expect(
      await decodeErrorDetails([{ type: "github.com/moby/buildkit/errdefs.Vertex+json", value }]),
    ).toEqual(expected);
    expect(await decodeErrorDetails([{ type: "errdefs.Vertex+json", value }])).toEqual(expected);
  });

  test("keeps details of unknown types as they came", async () => {
    const value = new Uint8Array([1, 2, 3]);
    const type = "type.googleapis.com/google.rpc.RetryInfo";
    expect(await decodeErrorDetails([{ type, value }])).toEqual([{ kind: "unknown", type, value }]);
  });

  test("takes JSON with another prefix for an unknown type, but messages in binary with any", async () => {
    const type = "x/github.com/moby/buildkit/errdefs.Vertex+json";
    const value = json('{"digest":"sha256:abc"}');
    expect(await decodeErrorDetails([{ type, value }])).toEqual([{ kind: "unknown", type, value }]);
    const binary = { type: "x/y/errdefs.Vertex", value: json("\n\u0003abc") };
    expect(await decodeErrorDetails([binary])).toEqual([{ kind: "vertex", digest: "abc" }]);
  });

  test("makes texts well-formed, and tells a step that is empty from one that is missing", async () => {
    const value = json('{"description":{"x":"a\\ud83d"},"file":{"index":"2"}}');
    const [detail] = await decodeErrorDetails([{ type: "errdefs.Solve+json", value }]);
    expect(detail).toMatchObject({ solve: { op: undefined, description: { x: "a\ufffd" }, fileAction: 2 } });
  });

  test("reads names in any case, and null as nothing", async () => {
    const exit = { type: "gatewayapi.ExitMessage+json", value: json('{"code":3}') };
    const vertex = { type: "errdefs.Vertex+json", value: json("null") };
    expect(await decodeErrorDetails([exit, vertex])).toEqual([
      { kind: "exit", code: 3 },
      { kind: "vertex", digest: "" },
    ]);
  });

  test("leaves out known details that do not decode", async () => {
    const broken = [
      { type: "errdefs.Vertex+json", value: json('{"digest":5}') },
      { type: "errdefs.Source+json", value: json('{"info":{"data":"?"}}') },
      { type: "stack.Stack+json", value: json('{"pid":"5"}') },
      { type: "gatewayapi.ExitMessage+json", value: json('{"Code":-1}') },
      { type: "policysession.DecisionResponse+json", value: json('{"denyMessages":[]}') },
      { type: "errdefs.Vertex+json", value: json("{") },
      { type: "errdefs.Vertex+json", value: json("[]") },
      { type: "errdefs.Vertex", value: new Uint8Array([0xff]) },
      { type: "gatewayapi.ExitMessage+json", value: json('{"Code":"2"}') },
    ];
    expect(await decodeErrorDetails(broken)).toEqual([]);
  });

  test("reads at most 128 details", async () => {
    const payload = { type: "errdefs.Vertex+json", value: json('{"digest":"sha256:0"}') };
    expect(await decodeErrorDetails(Array.from({ length: 1000 }, () => payload))).toHaveLength(128);
  });

  test("cuts a source file of more than 1 MiB", async () => {
    const data = Buffer.alloc((1 << 20) + 100, "x").toString("base64");
    const value = json(JSON.stringify({ info: { data } }));
    const [detail] = await decodeErrorDetails([{ type: "errdefs.Source+json", value }]);
    expect(detail?.kind === "source" && detail.source.text.length).toBe(1 << 20);
  });

  test("never throws, whatever JSON a known type holds", async () => {
    const types = [
      "Vertex",
      "Source",
      "Solve",
      "Frontend",
      "CompatibilityFeature",
      "ProvenanceMaterialsIncomplete",
    ].map((name) => `errdefs.${name}+json`);
    const others = ["stack.Stack+json", "policysession.DecisionResponse+json", "gatewayapi.ExitMessage+json"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types, ...others), fc.json(), async (type, text) => {
        for (const detail of await decodeErrorDetails([{ type, value: json(text) }])) {
          if (detail.kind === "source") createSourceSnippet(detail.source);
        }
      }),
      { numRuns: 300 },
    );
  });
});
