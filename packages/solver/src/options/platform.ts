// SPDX-License-Identifier: Apache-2.0
import { endianness } from "node:os";
import { posix } from "node:path";
import { invalidOption, showValue } from "./invalid-option.js";
import { toLowerLetters } from "./letters.js";

// Must match the daemon: containerd/platforms, which reads the same texts there.

/** What an image is built for, in the names of the OCI image specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
  /** Windows builds: `10.0.17763`. */
  readonly osVersion?: string | undefined;
  readonly osFeatures?: readonly string[] | undefined;
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/;
const OS_COMPONENT = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/;

const KNOWN_OS: ReadonlySet<string> = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris " +
    "windows zos"
  ).split(" "),
);

const KNOWN_ARCHITECTURES: ReadonlySet<string> = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle " +
    "ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", mipsel: "mipsle" };

/**
 * The platform that fills in what a text leaves out.
 *
 * Differs from Go: on a Mac the system is `linux`, because containers run in a Linux virtual machine there.
 */
export function hostPlatform(): Platform {
  const os =
    process.platform === "win32" ? "windows" : process.platform === "darwin" ? "linux" : process.platform;
  if (process.arch === "ppc64") return { os, architecture: endianness() === "LE" ? "ppc64le" : "ppc64" };
  return { os, architecture: NODE_ARCHITECTURES[process.arch] ?? process.arch };
}

/**
 * Parses `os`, `architecture`, `os/architecture` or `os/architecture/variant`, with aliases resolved
 * (`linux/x86_64` is `linux/amd64`). What the text leaves out is taken from `host`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function parsePlatform(text: string, host: Platform = hostPlatform()): Platform {
  const [osText = "", ...rest] = text.split("/");
  const match = OS_COMPONENT.exec(osText);
  if (match === null) throw invalidPlatform(text, `${showValue(osText)} is not an operating system`);
  for (const component of rest) {
    if (!COMPONENT.test(component))
      throw invalidPlatform(text, `${showValue(component)} is not a valid component`);
  }
  if (rest.length > 2) throw invalidPlatform(text, "it has more than three components");
  const [architecture, variant] = rest;
  const options = parseOsOptions(text, match[2] ?? "", match[3] ?? "");
  const os = normalizeOs(match[1] ?? "", host);
  if (architecture === undefined) return parseSingle(text, os, host, options);
  return { os, ...parseArchitecture(architecture, variant), ...options };
}

/** The canonical form, in which equal platforms are equal texts: `linux/arm64/v8` becomes `linux/arm64`. */
export function normalizePlatform(platform: Platform, host: Platform = hostPlatform()): Platform {
  const { osVersion, osFeatures } = platform;
  return {
    os: normalizeOs(platform.os, host),
    ...normalizeArchitecture(platform.architecture, platform.variant ?? ""),
    ...(osVersion !== undefined && { osVersion }),
    ...(osFeatures !== undefined && { osFeatures: sortFeatures(osFeatures) }),
  };
}

/** `os/architecture/variant`, the form that Dockerfiles use. */
export function formatPlatform(platform: Platform): string {
  return joinComponents(platform, platform.os);
}

/** As {@link formatPlatform}, with version and features of the system: `windows(10.0.17763)/amd64`. */
export function formatPlatformFully(platform: Platform): string {
  const features = sortFeatures(platform.osFeatures ?? [])
    .filter((feature) => feature !== "")
    .map((feature) => `+${escapeOsOption(feature)}`);
  const options = escapeOsOption(platform.osVersion ?? "") + features.join("");
  return joinComponents(platform, options === "" ? platform.os : `${platform.os}(${options})`);
}

/** Each once, in the order of their bytes. */
function sortFeatures(features: readonly string[]): readonly string[] {
  return [...new Set(features)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function joinComponents({ os, architecture, variant }: Platform, osText: string): string {
  // The daemon's path.Join() drops a slash at the end.
  return os === "" ? "unknown" : posix.join(osText, architecture, variant ?? "").replace(/(?!^)\/$/, "");
}

type OsOptions = Pick<Platform, "osVersion" | "osFeatures">;
type Architecture = Pick<Platform, "architecture" | "variant">;

function parseSingle(text: string, os: string, host: Platform, options: OsOptions): Platform {
  if (KNOWN_OS.has(os)) {
    const variant = host.architecture === "arm" && host.variant !== "v7" ? host.variant : undefined;
    return { os, architecture: host.architecture, ...(variant !== undefined && { variant }), ...options };
  }
  const architecture = parseArchitecture(text, undefined);
  if (KNOWN_ARCHITECTURES.has(architecture.architecture)) return { os: host.os, ...architecture };
  throw invalidPlatform(text, "neither a known operating system nor a known architecture");
}

/** As {@link normalizeArchitecture}, but an implied variant stays out and a written `arm64/v8` stays in. */
function parseArchitecture(architecture: string, variant: string | undefined): Architecture {
  const normalized = normalizeArchitecture(architecture, variant ?? "");
  if (variant === undefined && normalized.architecture === "arm" && normalized.variant === "v7") {
    return { architecture: "arm" };
  }
  if (variant !== undefined && normalized.architecture === "arm64" && normalized.variant === undefined) {
    return { architecture: "arm64", variant: "v8" };
  }
  return normalized;
}

function normalizeOs(os: string, host: Platform): string {
  const lower = toLowerLetters(os);
  return lower === "" ? host.os : lower === "macos" ? "darwin" : lower;
}

function normalizeArchitecture(architecture: string, variant: string): Architecture {
  const arch = toLowerLetters(architecture);
  const v = toLowerLetters(variant);
  switch (arch) {
    case "i386":
      return { architecture: "386" };
    case "x86_64":
    case "x86-64":
    case "amd64":
      return withVariant("amd64", v === "v1" ? "" : v);
    case "aarch64":
    case "arm64":
      return withVariant(
        "arm64",
        ["8", "v8", "v8.0"].includes(v) ? "" : ["9", "9.0", "v9.0"].includes(v) ? "v9" : v,
      );
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      return withVariant("arm", v === "" ? "v7" : /^[5-8]$/.test(v) ? `v${v}` : v);
    default:
      return withVariant(arch, v);
  }
}

function withVariant(architecture: string, variant: string): Architecture {
  return variant === "" ? { architecture } : { architecture, variant };
}

function parseOsOptions(text: string, version: string, features: string): OsOptions {
  if (/%(?![0-9A-Fa-f]{2})/.test(version + features))
    throw invalidPlatform(text, "its operating system has a malformed % escape");
  return {
    ...(version !== "" && { osVersion: unescapeOsOption(version) }),
    ...(features !== "" && { osFeatures: features.slice(1).split("+").map(unescapeOsOption) }),
  };
}

/** Any bytes may be escaped; those that are not UTF-8 become U+FFFD. */
function unescapeOsOption(text: string): string {
  const bytes = text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function escapeOsOption(text: string): string {
  return text.replace(/[%+()/]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function invalidPlatform(text: string, problem: string): Error {
  return invalidOption(
    "platform",
    `Platform ${showValue(text)} is not valid: ${problem}. Use os/architecture[/variant], such as linux/arm64`,
  );
}
