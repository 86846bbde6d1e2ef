// SPDX-License-Identifier: Apache-2.0
import { SolverError } from "../errors.js";
import { invalidOption, showValue } from "../options/invalid-option.js";
import type { Bridge } from "./bridge.js";

/** Which part of a file to read, in bytes. */
export interface FileRange {
  /** Default 0. */
  readonly offset?: number | undefined;
  /** Default: up to the end. */
  readonly length?: number | undefined;
}

export interface FileRead {
  readonly ref: string;
  readonly path: string;
  readonly range: FileRange | undefined;
}

const MAX_FILE_BYTES = 16 << 20;
/** Asked for at a time, so that an answer stays below gRPC's 16 MiB. */
const PIECE_BYTES = 4 << 20;

/** Reads a file in pieces, until it ends or the range does. */
export async function readFile(bridge: Bridge, { ref, path, range }: FileRead): Promise<Uint8Array> {
  const { offset, length } = checkRange(range);
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const wanted = Math.min(PIECE_BYTES, length - size);
    const piece = { offset: BigInt(offset + size), length: BigInt(wanted) };
    const { data } = await bridge.call(
      (client, options) => client.readFile({ ref, filePath: path, range: piece }, options),
      `read ${showValue(path)}`,
    );
    if (data.length > wanted)
      throw answerInvalid(`The daemon sent more of ${showValue(path)} than was asked for`);
    pieces.push(data);
    size += data.length;
    if (data.length < wanted) break;
  }
  if (size > MAX_FILE_BYTES)
    throw answerInvalid(
      `${showValue(path)} holds more than the 16 MiB that are read at once: read it in ranges`,
    );
  return Buffer.concat(pieces);
}

/** Without a length, one byte more than is taken, which tells that the file is too large. */
function checkRange({ offset = 0, length }: FileRange = {}): {
  readonly offset: number;
  readonly length: number;
} {
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw invalidOption("range.offset", `A file is read from a byte, not from ${offset}`);
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0 && length <= MAX_FILE_BYTES))
    throw invalidOption(
      "range.length",
      `At most ${MAX_FILE_BYTES} bytes of a file are read at once, not ${length}`,
    );
  return { offset, length: length ?? MAX_FILE_BYTES + 1 };
}

function answerInvalid(message: string): SolverError {
  return new SolverError("BK_ANSWER_INVALID", message);
}
