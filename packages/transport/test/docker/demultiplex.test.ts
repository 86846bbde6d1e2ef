// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { Demultiplexer } from "../../src/docker/demultiplex.js";
import { frame } from "../helpers/fake-exec.js";

/** Both outputs of what Docker sent in these pieces. */
async function demultiplex(pieces: readonly Uint8Array[]): Promise<{ stdout: string; stderr: string }> {
  let stderr = "";
  const demultiplexer = new Demultiplexer({ endpoint: "x", onStderr: (chunk) => (stderr += chunk) });
  const stdout = await text(Readable.from(pieces, { objectMode: false }).pipe(demultiplexer));
  return { stdout, stderr };
}

const session = Buffer.concat([
  frame(2, Buffer.from("warning\n")),
  frame(1, Buffer.from("one ")),
  frame(0, Buffer.from("an echo of the input")),
  frame(1, Buffer.alloc(0)),
  frame(1, Buffer.from("two")),
  frame(2, Buffer.from("bye")),
]);

describe("Demultiplexer", () => {
  test("takes the two outputs apart", async () => {
    expect(await demultiplex([session])).toEqual({ stdout: "one two", stderr: "warning\nbye" });
  });

  test("does so wherever the stream is cut", async () => {
    for (let size = 1; size < 20; size++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < session.length; at += size) pieces.push(session.subarray(at, at + size));
      expect(await demultiplex(pieces)).toEqual({ stdout: "one two", stderr: "warning\nbye" });
    }
  });

  test("passes a large payload on before all of it is there", async () => {
    const demultiplexer = new Demultiplexer({ endpoint: "x", onStderr: () => {} });
    demultiplexer.write(frame(1, Buffer.alloc(0xffff_ff)).subarray(0, 100));
    expect(demultiplexer.read()).toHaveLength(92);
  });

  test("takes Docker's word for a failed start as no output of the program's, at the start only", async () => {
    const words = "OCI runtime exec failed: no such file";
    const piece = frame(1, Buffer.from(words));
    expect(await demultiplex([piece])).toEqual({ stdout: "", stderr: words });
    expect(await demultiplex([piece.subarray(0, 40), piece.subarray(40)])).toEqual({
      stdout: "",
      stderr: words,
    });
    expect(await demultiplex([frame(1, Buffer.from("x")), frame(1, Buffer.from(words))])).toEqual({
      stdout: `x${words}`,
      stderr: "",
    });
  });
});
