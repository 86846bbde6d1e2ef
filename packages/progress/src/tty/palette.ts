// SPDX-License-Identifier: Apache-2.0

/** What colours are said with: the parameters of a control sequence, empty for none. */
export interface Palette {
  /** Steps that are done. */
  readonly run: string;
  readonly cancel: string;
  readonly error: string;
  readonly warning: string;
  /** Output of steps. */
  readonly faint: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const NO_COLORS: Palette = { run: "", cancel: "", error: "", warning: "", faint: "" };
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** Levels of red, green and blue in the cube of 216 colours. */
const CUBE_LEVELS = 6;

/**
 * The colours that NO_COLOR and BUILDKIT_COLORS ask for, such as `run=green:error=255,80,0`. What BUILDKIT_COLORS says
 * that is not understood counts for nothing.
 *
 * Must match the reference: util/progress/progressui of moby/buildkit.
 */
export function readPalette(env: Env, platform: string = process.platform): Palette {
  if (env["NO_COLOR"]) return NO_COLORS;
  const palette = {
    run: platform === "win32" ? "36" : "34",
    cancel: "33",
    error: "31",
    warning: "33",
    faint: "2",
  };
  for (const field of (env["BUILDKIT_COLORS"] ?? "").toLowerCase().split(":")) {
    const [key = "", value = "", ...more] = field.replaceAll('"', "").split("=");
    const color = more.length === 0 ? toParameters(value) : undefined;
    if (color === undefined) continue;
    if (key === "run" || key === "cancel" || key === "error" || key === "warning") palette[key] = color;
  }
  return palette;
}

function toParameters(value: string): string | undefined {
  if (value === "default") return "39";
  const light = value.startsWith("light-");
  const index = NAMES.indexOf(light ? value.slice("light-".length) : value);
  if (index >= 0) return String((light ? 90 : 30) + index);
  const parts = value.split(",");
  if (parts.length !== 3 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Math.floor(Number(part) / (256 / CUBE_LEVELS)));
  return `38;5;${16 + (red * CUBE_LEVELS + green) * CUBE_LEVELS + blue}`;
}
