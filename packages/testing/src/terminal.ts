// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, test } from "vitest";
import { findEngine } from "./engine/engine.js";
import { type TmpDir, tmpDir } from "./tmp-dir.js";

const run = promisify(execFile);
const POLL_MS = 20;
const MAX_WAIT_MS = 30_000;
const NO_TMUX = "there is no tmux: run node scripts/engine.mjs up --for-tests";
const CONFIG = "set -g status off\nset -g history-limit 5000\n";

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Added to an environment in which nothing says what colours there are, or that this is a CI service. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A program in a real pseudo-terminal, whose screen can be read. */
export interface Terminal extends AsyncDisposable {
  /** The lines of the screen now, without blanks at their ends and without empty lines at the end. */
  screen(): Promise<readonly string[]>;
  /** The same with colours. */
  coloredScreen(): Promise<readonly string[]>;
  /** What has been scrolled out of the screen, and the screen. */
  history(): Promise<readonly string[]>;
  /** Whether the cursor is seen, and whether lines that are too long go on in the next one. */
  cursor(): Promise<{ readonly visible: boolean; readonly wraps: boolean }>;
  /** Waits until the screen matches, and returns it. Rejects with the screen when it does not within 30 s. */
  waitFor(pattern: RegExp): Promise<readonly string[]>;
  resize(size: { readonly columns: number; readonly rows: number }): Promise<void>;
  /** Types keys, in tmux's names: `C-c`. */
  type(...keys: readonly string[]): Promise<void>;
}

/** A `describe` whose tests need tmux. Without one it holds a single test in their place, as `integration.describe`. */
export function describeTerminal(name: string, suite: () => void): void {
  if (findTmux() !== undefined) return void describe(name, suite);
  describe(name, () => {
    test("needs tmux", (context) => {
      if (process.env["BK_INTEGRATION"] === "required") throw new Error(NO_TMUX);
      context.skip(NO_TMUX);
    });
  });
}

/** Runs a program in tmux. When it has ended the screen says `[exit CODE]`. */
export async function startTerminal({
  columns,
  rows,
  command,
  env = {},
}: TerminalOptions): Promise<Terminal> {
  const dir = await tmpDir();
  try {
    return await open(dir, { columns, rows, command, env });
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(
  dir: TmpDir,
  { columns, rows, command, env }: Required<TerminalOptions>,
): Promise<Terminal> {
  const found = findTmux();
  if (found === undefined) throw new Error(NO_TMUX);
  const { program, libraries } = found;
  const socket = dir.join("tmux");
  await writeFile(dir.join("tmux.conf"), CONFIG);
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(program, ["-u", "-S", socket, "-f", dir.join("tmux.conf"), ...args], {
      env: { ...process.env, LC_ALL: "C.UTF-8", TMUX: "", ...(libraries && { LD_LIBRARY_PATH: libraries }) },
    });
    return stdout;
  };
  const toLines = (text: string) => text.trimEnd().split("\n");
  const capture = async (...flags: readonly string[]) => toLines(await tmux("capture-pane", "-p", ...flags));

  const variables = Object.entries({ TERM: "tmux-256color", ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const unset = ["CI", "GITHUB_ACTIONS", "NO_COLOR", "LD_LIBRARY_PATH", "TMUX"].flatMap((name) => [
    "-u",
    name,
  ]);
  // Ctrl-C is for the program, not for the shell around it.
  const wrapped = 'trap : INT; env "$@"; echo "[exit $?]"; exec tail -f /dev/null';
  const size = ["-x", String(columns), "-y", String(rows)];
  const shell = ["sh", "-c", wrapped, "sh", ...unset, ...variables, ...command];
  await tmux("new-session", "-d", ...size, shell.map(quote).join(" "));

  return {
    screen: () => capture(),
    coloredScreen: () => capture("-e"),
    history: () => capture("-S", "-"),
    async cursor() {
      const [visible, wraps] = (await tmux("display-message", "-p", "#{cursor_flag} #{wrap_flag}"))
        .trim()
        .split(" ");
      return { visible: visible === "1", wraps: wraps === "1" };
    },
    async waitFor(pattern) {
      const deadline = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const lines = await capture();
        if (pattern.test(lines.join("\n"))) return lines;
        if (performance.now() > deadline)
          throw new Error(`The screen does not match ${pattern}:\n${lines.join("\n")}`);
        await delay(POLL_MS);
      }
    },
    async resize({ columns: width, rows: height }) {
      await tmux("resize-window", "-x", String(width), "-y", String(height));
    },
    async type(...keys) {
      await tmux("send-keys", ...keys);
    },
    async [Symbol.asyncDispose]() {
      await tmux("kill-server").catch(() => {}); // it ends by itself with its last program
      await dir[Symbol.asyncDispose]();
    },
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** This machine's own, or else the one that was unpacked with the engine. */
function findTmux(): { readonly program: string; readonly libraries?: string } | undefined {
  const own = (process.env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, "tmux"));
  const program = own.find((file) => existsSync(file));
  if (program !== undefined) return { program };
  const found = findEngine();
  const unpacked = "engine" in found ? found.engine.tmux : undefined;
  if (!unpacked) return undefined;
  const arch = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const folders = [path.join(unpacked, "usr/lib", arch), path.join(unpacked, "lib", arch)];
  return { program: path.join(unpacked, "usr/bin/tmux"), libraries: folders.join(":") };
}
