// SPDX-License-Identifier: Apache-2.0

/** One thing in a tree. Paths are relative, with "/". */
export interface TreeEntry {
  readonly path: string;
  readonly kind: "dir" | "file" | "symlink" | "hardlink";
  /** A file's content, a symlink's target, or the path of the file that a hard link names once more. */
  readonly data: string;
  /** Permission bits; the umask does not matter. */
  readonly mode?: number | undefined;
  /** Milliseconds since 1970. */
  readonly mtimeMs?: number | undefined;
}

/**
 * Reads one line of the tree language:
 *
 *     ADD <path> dir | file [<data>] | symlink <target> | hardlink <path>   [mode=0644] [mtime=<ISO 8601>]
 *
 * Data is one word, or a JSON string: `ADD Dockerfile file "FROM scratch\nCOPY a /a\n"`.
 *
 * @throws Error naming the line
 */
export function parseTreeLine(line: string): TreeEntry {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const [verb, rawPath, kind, ...rest] = words;
  const options = rest.filter((word) => /^(?:mode|mtime)=/.test(word));
  const data = rest.filter((word) => !options.includes(word));
  const known = kind === "dir" || kind === "file" || kind === "symlink" || kind === "hardlink";
  if (verb !== "ADD" || rawPath === undefined || !known || data.length > 1) {
    throw new Error(`Not a line of the tree language: ${line}`);
  }
  const option = (name: string): string | undefined =>
    options.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const mode = option("mode");
  const mtime = option("mtime");
  return {
    path: unquote(rawPath),
    kind,
    data: unquote(data[0] ?? ""),
    ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
    ...(mtime !== undefined && { mtimeMs: Date.parse(mtime) }),
  };
}

/** The same line back, without mode and time. */
export function formatTreeLine({ path, kind, data }: TreeEntry): string {
  const quoted = data === "" ? "" : ` ${quote(data)}`;
  return `ADD ${quote(path)} ${kind}${quoted}`;
}

function unquote(word: string): string {
  return word.startsWith('"') ? String(JSON.parse(word)) : word;
}

function quote(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
