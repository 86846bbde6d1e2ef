// SPDX-License-Identifier: Apache-2.0

/** The rules of one pattern as plainly as they can be said, by trying everything: slow, and easy to see right. */
export function oracleMatches(pattern: string, path: string): boolean {
  // A leading ** before nothing but text is an ending, of names too: **foo is also afoo.
  if (/^\*\*[^*?[]+$/.test(pattern)) return `/${path}`.endsWith(pattern.slice(2));
  return matchesFrom(pattern, path);
}

/** Whether the path or a directory above it is matched. */
export function oracleMatchesOrParent(pattern: string, path: string): boolean {
  const names = path.split("/");
  return names.some((_, index) => oracleMatches(pattern, names.slice(0, index + 1).join("/")));
}

function matchesFrom(pattern: string, path: string): boolean {
  if (pattern === "") return path === "";
  if (pattern.startsWith("**")) {
    const rest = pattern.slice(pattern.startsWith("**/") ? 3 : 2);
    return rest === "" || afterEachSlash(path).some((below) => matchesFrom(rest, below));
  }
  const [first, ...others] = path;
  const below = others.join("");
  if (pattern[0] === "*") {
    return (
      matchesFrom(pattern.slice(1), path) ||
      (first !== undefined && first !== "/" && matchesFrom(pattern, below))
    );
  }
  if (first === undefined) return false;
  const [element = ""] = /^\[[^\]]*\]|^./u.exec(pattern) ?? [];
  return elementMatches(element, first) && matchesFrom(pattern.slice(element.length), below);
}

function afterEachSlash(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(index).join("/"));
}

/** `char` is one character. A class like [^a] also means "/". */
function elementMatches(element: string, char: string): boolean {
  if (element === "?") return char !== "/";
  if (element.startsWith("[^")) return !element.includes(char);
  if (element.startsWith("[")) return element.slice(1, -1).includes(char);
  return element === char;
}
