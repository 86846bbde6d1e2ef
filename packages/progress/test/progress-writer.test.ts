// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { errorMonitor, once } from "node:events";
import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { createProgressWriter } from "../src/progress-writer.js";
import { log, SECOND, status, vertex } from "./statuses.js";

/** Keeps what is written to it. */
function collect(): Writable & { readonly text: string } {
  const pieces: Buffer[] = [];
  const output = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
  return Object.defineProperty(output, "text", {
    get: () => Buffer.concat(pieces).toString(),
  }) as Writable & {
    readonly text: string;
  };
}

afterEach(() => {
  vi.useRealTimers();
});

test("writes plain text by default, and keeps the output open", async () => {
  const output = collect();
  const writer = createProgressWriter(output, { title: "building" });
  writer.update(status({ vertexes: [vertex({ completedNs: 2n * SECOND })] }));
  writer.end();
  writer.update(status({ logs: [log("late\n")] }));

  expect(output.text).toBe("#0 building\n\n#1 [1/2] RUN make\n#1 DONE 1.0s\n");
  expect(output.writableEnded).toBe(false);
  await expect.poll(() => output.listenerCount("error")).toBe(0);
});

test("writes a line of JSON for each message", () => {
  const output = collect();
  using writer = createProgressWriter(output, { mode: "rawjson" });
  writer.update(status({}));
  writer.update(status({ logs: [log("x")] }));
  expect(output.text).toMatch(/^\{\}\n\{"logs":\[.*\]\}\n$/);
});

test("an output that nobody reads holds 4 MiB and a piece at most, and what is left out is counted", () => {
  const output = new Writable({ write() {} });
  using writer = createProgressWriter(output, { mode: "rawjson" });
  for (let index = 0; index < 20; index++) writer.update(status({ logs: [log("x".repeat(1 << 20))] }));
  expect(output.writableLength).toBeLessThan(6 << 20);
  expect(writer.dropped).toBeGreaterThan(10);
});

test("says how much is missing once a slow reader goes on", async () => {
  for (const [mode, told] of [
    ["plain", /\n\.\.\. \d+ lines? (?:was|were) not shown: the output was too slow\n$/],
    ["rawjson", /\n\{"dropped":\d+\}\n$/],
  ] as const) {
    let text = "";
    let isBlocked = true;
    let goOn = () => {};
    const output = new Writable({
      write(piece: Buffer, _encoding, done) {
        text += piece;
        if (isBlocked) goOn = done;
        else done();
      },
    });
    vi.useFakeTimers({ toFake: ["performance"] });
    using writer = createProgressWriter(output, { mode, env: {} });
    writer.update(status({ vertexes: [vertex()] }));
    for (let index = 0; index < 8; index++) {
      vi.advanceTimersByTime(1000); // what comes too fast is shown later
      writer.update(status({ logs: [log(`${"x".repeat(1 << 20)}\n`)] }));
    }
    const drained = once(output, "drain");
    isBlocked = false;
    goOn();
    await drained;
    expect(text).toMatch(told);
  }
});

test("plain text on a terminal is safe there, whatever the bytes of a step", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc
      .constantFrom("\u001b[", "\u001b]0;", "\u009b2J", "\r", "\n", "31m", "日")
      .map((part) => Buffer.from(part)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const output = Object.assign(collect(), { isTTY: true });
      const writer = createProgressWriter(output, { mode: "plain", env: {} });
      for (const data of pieces)
        writer.update(
          status({ vertexes: [vertex({ name: data.toString() })], logs: [{ ...log(""), data }] }),
        );
      writer.end();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
      const rest = output.text.replace(/\u001b\[[0-9:;]*m/g, "");
      expect(rest).not.toMatch(/[^\P{Cc}\n\t]|[\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});

test("a pipe has the bytes of a step, within a workflow without commands", () => {
  for (const [env, line] of [
    [{}, "##[error]\u001b[2J\r"],
    [{ GITHUB_ACTIONS: "true" }, "# #[error]\u001b[2J\r"],
  ] as const) {
    const output = collect();
    const writer = createProgressWriter(output, { env });
    writer.update(status({ vertexes: [vertex()], logs: [log("##[error]\u001b[2J\r\n")] }));
    writer.end();
    expect(output.text).toContain(`#1 1.000 ${line}\n`);
  }
});

test("quiet is silent but for what failed, and none in any case", () => {
  const show = (mode: "quiet" | "none") => {
    const output = collect();
    const writer = createProgressWriter(output, { mode, env: {} });
    const error = "exit code: 1";
    writer.update(status({ vertexes: [vertex(), vertex({ digest: "b", completedNs: 2n * SECOND })] }));
    writer.update(status({ logs: [log("why\n")], vertexes: [vertex({ completedNs: 2n * SECOND, error })] }));
    writer.end();
    return output.text;
  };
  expect(show("quiet")).toBe("------\n > [1/2] RUN make:\nwhy\n------\n");
  expect(show("none")).toBe("");
});

test("a terminal that is slow gets the newest screen once it has taken the last one", async () => {
  const pieces: string[] = [];
  let goOn = () => {};
  const output = new Writable({
    highWaterMark: 1,
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece.toString());
      goOn = done;
    },
  });
  const env = { TTY_DISPLAY_RATE: "1" };
  using writer = createProgressWriter(Object.assign(output, { isTTY: true, columns: 80, rows: 24 }), {
    mode: "tty",
    env,
  });
  writer.update(status({ vertexes: [vertex({ name: "first" })] }));
  for (let index = 0; index < 1000; index++)
    writer.update(status({ vertexes: [vertex({ digest: `s${index}`, name: `step ${index}` })] }));
  expect(pieces).toHaveLength(1);
  expect(output.writableLength).toBeLessThan(1000);

  const drained = once(output, "drain");
  goOn();
  await drained;
  await expect.poll(() => pieces.at(-1)).toContain("(0/1001)");
});

test("an output that is gone does not fail the build", async () => {
  const output = new Writable();
  using writer = createProgressWriter(output);
  output.destroy(new Error("gone"));
  await new Promise((resolve) => output.once("close", resolve));
  expect(() => writer.update(status({ vertexes: [vertex()] }))).not.toThrow();
});

test("an output that fails after the end does not end the program", async () => {
  using reader = spawn("sh", ["-c", "exec 0<&-; echo closed; exec sleep 60"]);
  await once(reader.stdout, "data");
  const write: Writable["_write"] = (_piece, _encoding, done) => setImmediate(done, new Error("gone"));
  const outputs = {
    full: createWriteStream("/dev/full"),
    left: reader.stdin,
    failing: new Writable({ write }),
    lasting: new Writable({ autoDestroy: false, write }),
  };
  for (const [name, output] of Object.entries(outputs)) {
    const listeners = new Promise<number>((resolve) => {
      output.once(errorMonitor, () => resolve(output.listenerCount("error")));
    });
    for (const mode of ["plain", "rawjson"] as const) {
      const writer = createProgressWriter(output, { mode });
      writer.update(status({ vertexes: [vertex()] }));
      writer.end();
    }
    // Without a listener the event is thrown.
    expect(await listeners, name).toBeGreaterThan(0);
  }
});

test("an output that nobody reads has one listener for all builds", () => {
  const output = new Writable({ write() {} });
  for (let index = 0; index < 20; index++) {
    const writer = createProgressWriter(output, { mode: "rawjson" });
    writer.update(status({}));
    writer.end();
  }
  expect(output.listenerCount("error")).toBe(1);
});

test("an output that may have any number of listeners may have them during a build too", () => {
  for (const count of [0, 10, Number.POSITIVE_INFINITY]) {
    const output = collect().setMaxListeners(count);
    const writer = createProgressWriter(output);
    expect(output.getMaxListeners()).toBe(count === 10 ? 11 : count);
    writer.end();
    expect(output.getMaxListeners()).toBe(count);
  }
});
