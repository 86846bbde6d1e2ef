// SPDX-License-Identifier: Apache-2.0
import { StatusResponse } from "@bk/proto/control-codec";
import { describe, expect, test } from "vitest";
import { toSolveStatus } from "../../src/status/status.js";

describe("toSolveStatus()", () => {
  test("gives times in nanoseconds and leaves out what has not happened", () => {
    const { vertexes } = toSolveStatus(
      StatusResponse.fromPartial({
        vertexes: [
          { digest: "sha256:a", name: "[1/1] RUN a", started: { seconds: 1_700_000_000n, nanos: 5 } },
        ],
      }),
    );
    expect(vertexes).toEqual([
      {
        digest: "sha256:a",
        inputs: [],
        name: "[1/1] RUN a",
        cached: false,
        startedNs: 1_700_000_000_000_000_005n,
        completedNs: undefined,
        error: undefined,
        progressGroup: undefined,
      },
    ]);
  });

  test("keeps output as bytes, also when it is not UTF-8", () => {
    const msg = new Uint8Array([0xff, 0x0a]);
    const { logs } = toSolveStatus(StatusResponse.fromPartial({ logs: [{ vertex: "v", stream: 2n, msg }] }));
    expect(logs).toEqual([{ vertex: "v", stream: 2, data: msg, timestampNs: undefined }]);
  });

  test("takes negative totals for unknown", () => {
    const statuses = [{ id: "layer", current: -1n, total: -(2n ** 63n) }];
    const [status] = toSolveStatus(StatusResponse.fromPartial({ statuses })).statuses;
    expect(status).toMatchObject({ id: "layer", current: 0, total: 0 });
  });

  test("takes times that no clock shows", () => {
    const started = { seconds: -(2n ** 63n), nanos: -(2 ** 31) };
    const [vertex] = toSolveStatus(StatusResponse.fromPartial({ vertexes: [{ started }] })).vertexes;
    expect(vertex?.startedNs).toBe(-(2n ** 63n) * 1_000_000_000n - 2n ** 31n);
  });

  test("shows where a warning points to, if it says so", () => {
    const short = Buffer.from("Use JSON");
    const info = { filename: "Dockerfile", data: Buffer.from("FROM scratch\nCMD app\n") };
    const { warnings } = toSolveStatus(
      StatusResponse.fromPartial({
        warnings: [
          { vertex: "v", short, info, ranges: [{ start: { line: 2 }, end: { line: 2 } }] },
          { short },
        ],
      }),
    );
    expect(warnings[0]).toMatchObject({ short: "Use JSON", source: { filename: "Dockerfile", line: 2 } });
    expect(warnings[1]?.source).toBeUndefined();
  });

  test("keeps the file of a warning whole, with the graph that fetches it", () => {
    const digest = "sha256:a";
    const definition = {
      def: [new Uint8Array([1, 2])],
      metadata: { b: { ignoreCache: true, caps: { "source.local": true } }, a: {} },
      source: { locations: { [digest]: {} }, infos: [{ filename: "Dockerfile" }] },
    };
    const info = { filename: "Dockerfile", data: Buffer.from("FROM a"), definition, language: "Dockerfile" };
    const ranges = [{ start: { line: 1, character: 2 } }];
    const { warnings } = toSolveStatus(StatusResponse.fromPartial({ warnings: [{ info, ranges }] }));
    expect(warnings[0]?.ranges).toEqual([{ start: { line: 1, character: 2 }, end: undefined }]);
    expect(warnings[0]?.sourceInfo).toEqual({
      filename: "Dockerfile",
      data: Buffer.from("FROM a"),
      definition: {
        def: ["AQI="],
        metadata: { a: {}, b: { ignore_cache: true, caps: { "source.local": true } } },
        Source: { locations: { [digest]: {} }, infos: [{ filename: "Dockerfile" }] },
      },
      language: "Dockerfile",
    });
  });

  test("leaves out a file of a warning that is too large", () => {
    const info = { filename: "Dockerfile", data: new Uint8Array(2 << 20) };
    const { warnings } = toSolveStatus(StatusResponse.fromPartial({ warnings: [{ info }] }));
    expect(warnings[0]?.sourceInfo).toBeUndefined();
  });

  test("an empty message is an empty status", () => {
    expect(toSolveStatus(StatusResponse.decode(new Uint8Array()))).toEqual({
      vertexes: [],
      statuses: [],
      logs: [],
      warnings: [],
    });
  });
});
