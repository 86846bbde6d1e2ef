// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatRawJson, formatStatusJson } from "../src/raw-json.js";
import { log, SECOND, status, vertex, warning } from "./statuses.js";

test("writes one line, without what is empty, and escapes what HTML would act on", () => {
  const message = status({
    vertexes: [vertex({ name: "<&>\u2028", completedNs: SECOND + 120_000_000n })],
    logs: [log("hi\n")],
    warnings: [warning({ short: "why" })],
  });
  expect(formatRawJson(message)).toBe(
    '{"vertexes":[{"digest":"a","name":"\\u003c\\u0026\\u003e\\u2028","started":"1970-01-01T00:00:01Z",' +
      '"completed":"1970-01-01T00:00:01.12Z"}],' +
      '"logs":[{"vertex":"a","stream":1,"data":"aGkK","timestamp":"1970-01-01T00:00:02Z"}],' +
      '"warnings":[{"vertex":"a","level":1,"short":"d2h5"}]}\n',
  );
});

test("writes the progress of a transfer, times before 1970 included", () => {
  const transfer = { id: "layer", vertex: "a", name: "", current: 0, total: 2 ** 53, startedNs: undefined };
  const message = status({ statuses: [{ ...transfer, timestampNs: -1n, completedNs: undefined }] });
  expect(formatRawJson(message)).toBe(
    '{"statuses":[{"id":"layer","vertex":"a","total":9007199254740992,"current":0,' +
      '"timestamp":"1969-12-31T23:59:59.999999999Z"}]}\n',
  );
});

test("writes the file of a warning, and where in it", () => {
  const sourceInfo = {
    filename: "Dockerfile",
    data: Buffer.from("FROM a"),
    definition: { def: ["AQI="] },
    language: "",
  };
  const ranges = [{ start: { line: 1, character: 0 }, end: undefined }];
  const message = status({ warnings: [warning({ sourceInfo, ranges })] });
  expect(formatRawJson(message)).toBe(
    '{"warnings":[{"vertex":"a","level":1,"short":"b2xk","sourceInfo":{"filename":"Dockerfile",' +
      '"data":"RlJPTSBh","definition":{"def":["AQI="]}},"range":[{"start":{"line":1}}]}]}\n',
  );
});

test("writes nothing for a time that has no RFC 3339 form", () => {
  expect(formatRawJson(status({ vertexes: [vertex({ startedNs: 2n ** 70n })] }))).toBe("");
});

test("writes the place of a warning in the reference's order, and UTC as Z", () => {
  const range = [{ end: { character: 2, line: 3 }, start: { line: 0 } }];
  const sourceInfo = { language: "Dockerfile", definition: { def: [] }, data: "RlJPTQ==", filename: "D" };
  const timestamp = "2024-05-01T10:00:00.0+00:00";
  expect(
    formatStatusJson({ warnings: [{ sourceInfo, range }], logs: [{ vertex: "a", data: null, timestamp }] }),
  ).toBe(
    '{"logs":[{"vertex":"a","data":null,"timestamp":"2024-05-01T10:00:00Z"}],"warnings":[{"sourceInfo":' +
      '{"filename":"D","data":"RlJPTQ==","definition":{"def":[]},"language":"Dockerfile"},' +
      '"range":[{"start":{},"end":{"line":3,"character":2}}]}]}\n',
  );
});

test("keeps the offset of a time, and text that only looks like an escape", () => {
  const started = "2024-05-01T12:00:00.120000000+02:00";
  expect(formatStatusJson({ vertexes: [{ name: "\\ud800", started }] })).toBe(
    '{"vertexes":[{"name":"\\\\ud800","started":"2024-05-01T12:00:00.12+02:00"}]}\n',
  );
});
