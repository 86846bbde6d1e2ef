// SPDX-License-Identifier: Apache-2.0
import { SolverError } from "../../errors.js";
import {
  isJsonObject,
  type JsonObject,
  readInteger,
  readObject,
  readObjects,
} from "../../failure/json-fields.js";
import type { SourceRange } from "../../failure/source-snippet.js";

/** Items of one kind in an answer. */
const MAX_ITEMS = 10_000;

/** @throws {SolverError} `BK_ANSWER_INVALID` when the answer is no JSON object. */
export function parseAnswer(json: string): JsonObject {
  const value = parseJson(json);
  if (!isJsonObject(value)) throw answerInvalid("The frontend's answer is not a JSON object");
  return value;
}

/** @throws {SolverError} `BK_ANSWER_INVALID` for more than 10,000 of them. */
export function readItems(object: JsonObject, key: string): readonly JsonObject[] {
  const items = readObjects(object, key);
  if (items.length > MAX_ITEMS)
    throw answerInvalid(`The frontend's answer has ${items.length} ${key}, and ${MAX_ITEMS} are allowed`);
  return items;
}

/** `pb.Location` in Go's JSON. */
export function readRanges(object: JsonObject): readonly SourceRange[] {
  return readObjects(readObject(object, "location"), "ranges").map((range) => {
    const start = readObject(range, "start");
    return {
      startLine: readInteger(start, "line"),
      startColumn: readInteger(start, "character"),
      endLine: readInteger(readObject(range, "end"), "line"),
    };
  });
}

/** Line in the Dockerfile where something begins, from 1. */
export function readLine(object: JsonObject): number | undefined {
  return readRanges(object)[0]?.startLine || undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function answerInvalid(message: string): SolverError {
  return new SolverError("BK_ANSWER_INVALID", message);
}
