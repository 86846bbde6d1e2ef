// SPDX-License-Identifier: Apache-2.0

/** A piece of a line in one style. */
export interface StyledText {
  readonly text: string;
  /** Names of classes: `red`, `bright-blue`, `on-green`, `bold`. */
  readonly classes: readonly string[];
}

interface Style {
  readonly color?: string | undefined;
  readonly background?: string | undefined;
  readonly flags: ReadonlySet<string>;
}

const COLORS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const FLAGS_ON: Readonly<Record<number, string>> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  7: "inverse",
  9: "strike",
};
const FLAGS_OFF: Readonly<Record<number, readonly string[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};
const PLAIN: Style = { flags: new Set() };
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
const SEQUENCE = /\u001b\[([0-9;:]*)m/g;

/** Cuts text with colour sequences into lines of styled pieces. A style goes on until another replaces it. */
export function parseAnsi(text: string): readonly (readonly StyledText[])[] {
  let style = PLAIN;
  return text.split("\n").map((line) => {
    const pieces: StyledText[] = [];
    let at = 0;
    for (const match of line.matchAll(SEQUENCE)) {
      if (match.index > at) pieces.push({ text: line.slice(at, match.index), classes: toClasses(style) });
      at = match.index + match[0].length;
      style = applyCodes(style, (match[1] ?? "").split(/[;:]/).map(Number));
    }
    if (at < line.length) pieces.push({ text: line.slice(at), classes: toClasses(style) });
    return pieces;
  });
}

function toClasses({ color, background, flags }: Style): readonly string[] {
  return [...(color ? [color] : []), ...(background ? [`on-${background}`] : []), ...flags];
}

function applyCodes(style: Style, codes: readonly number[]): Style {
  let next = style;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = readExtended(codes.slice(at + 1));
      if (color) next = { ...next, [code === 38 ? "color" : "background"]: color };
      at += used;
    } else next = applyCode(next, code);
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  const flag = FLAGS_ON[code];
  if (flag) return { ...style, flags: new Set([...style.flags, flag]) };
  const off = FLAGS_OFF[code];
  if (off) return { ...style, flags: new Set([...style.flags].filter((name) => !off.includes(name))) };
  if (code === 39) return { ...style, color: undefined };
  if (code === 49) return { ...style, background: undefined };
  if (code >= 30 && code <= 37) return { ...style, color: nameOf(code - 30) };
  if (code >= 90 && code <= 97) return { ...style, color: nameOf(code - 82) };
  if (code >= 40 && code <= 47) return { ...style, background: nameOf(code - 40) };
  if (code >= 100 && code <= 107) return { ...style, background: nameOf(code - 92) };
  return style;
}

/** Of 16: the second half is bright. */
function nameOf(index: number): string | undefined {
  const color = COLORS[index % 8];
  return index < 8 ? color : `bright-${color}`;
}

/** `5;N` or `2;R;G;B`: the nearest of the 16, which are legible on the page's background. */
function readExtended(rest: readonly number[]): {
  readonly color: string | undefined;
  readonly used: number;
} {
  const [kind, index = 0, green = 0, blue = 0] = rest;
  if (kind === 2) return { color: nearest(index, green, blue), used: 4 };
  if (kind !== 5) return { color: undefined, used: 0 };
  if (index < 16) return { color: nameOf(index), used: 2 };
  if (index >= 232) return { color: nearest(...grey(index)), used: 2 };
  const cube = index - 16;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  return {
    color: nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)),
    used: 2,
  };
}

function grey(index: number): readonly [number, number, number] {
  const level = 8 + (index - 232) * 10;
  return [level, level, level];
}

/** Each of red, green and blue counts when it is more than half of the strongest. */
function nearest(red: number, green: number, blue: number): string | undefined {
  const most = Math.max(red, green, blue);
  if (most < 64) return nameOf(0);
  const has = (value: number) => (value > most / 2 ? 1 : 0);
  return nameOf(has(red) + 2 * has(green) + 4 * has(blue) + (most > 200 ? 8 : 0));
}
