// SPDX-License-Identifier: Apache-2.0

// Text that a build or a daemon wrote, made safe for a terminal: whatever would move the cursor, write to the
// clipboard, change a title or the order of what is read is taken out. Every scan goes forward only, so that the work
// is linear in the text. The sequences are those of ECMA-48, in their 7-bit and 8-bit forms.

const ESCAPE = 0x1b;
const BELL = 0x07;
const STRING_END = 0x9c;

/** What has to be looked at: controls other than tab, what reorders text, separators that count as line breaks. */
const SUSPECT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** One line that changes nothing in a terminal when it is printed. Of what was overwritten, the last stays. */
export function toPlainLine(line: string): string {
  return SUSPECT.test(line) ? strip(lastOverwrite(line), () => "") : line;
}

/** As `toPlainLine`, with colours and the like; they end with the line. */
export function toColoredLine(line: string): string {
  if (!SUSPECT.test(line)) return line;
  let open = false;
  const text = strip(lastOverwrite(line), (parameters) => {
    if (!isSaneSgr(parameters)) return "";
    open = !/^0*$/.test(parameters);
    return `\u001b[${parameters}m`;
  });
  return open ? `${text}\u001b[0m` : text;
}

/**
 * Puts a blank into what is a command to the runner of GitHub's workflows: `::name::` at the beginning of a line, and
 * `##[name]` anywhere.
 *
 * Must match the runner: ActionCommand of actions/runner, src/Runner.Common/ActionCommand.cs.
 */
export function neutralizeCommand(line: string): string {
  return line.replaceAll("##[", "# #[").replace(/^([^!-~]*):(?=:)/, "$1: ");
}

/** Of a line that was overwritten with carriage returns, what was written last. */
function lastOverwrite(line: string): string {
  let end = line.length;
  while (line.charCodeAt(end - 1) === 0x0d) end--;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
}

/** The text without control sequences, but for what `color` makes of the parameters of those that set colours. */
function strip(line: string, color: (parameters: string) => string): string {
  let text = "";
  let copied = 0;
  for (let at = 0; at < line.length; ) {
    if (!isSuspect(line.charCodeAt(at))) {
      at++;
      continue;
    }
    text += line.slice(copied, at);
    const { end, parameters } = readSequence(line, at);
    if (parameters !== undefined) text += color(parameters);
    else if (isLineBreak(line.charCodeAt(at))) text += " ";
    at = end;
    copied = end;
  }
  return text + line.slice(copied);
}

function isSuspect(code: number): boolean {
  if (code < 0x20) return code !== 0x09;
  if (code < 0x7f) return false;
  if (code < 0xa0) return true;
  return isWithin(code, 0x2028, 0x202e) || isWithin(code, 0x2066, 0x2069);
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x2028 || code === 0x2029;
}

interface Sequence {
  /** Where the text goes on. */
  readonly end: number;
  /** Of a sequence that sets colours. */
  readonly parameters?: string;
}

/** The control sequence, or the single character, that begins at a suspect character. */
function readSequence(line: string, at: number): Sequence {
  const code = line.charCodeAt(at);
  if (code === 0x9b) return { end: readCsi(line, at + 1).end };
  if (isStringStart(code)) return { end: endOfString(line, at + 1) };
  if (code !== ESCAPE) return { end: at + 1 };
  const next = line.charCodeAt(at + 1);
  if (next === 0x5b) return readCsi(line, at + 2);
  if (isStringStart(next + 0x40)) return { end: endOfString(line, at + 2) };
  const final = skip(line, at + 1, 0x20, 0x2f);
  return { end: isWithin(line.charCodeAt(final), 0x30, 0x7e) ? final + 1 : final };
}

/** Device control, start of string, operating system command, privacy message, application program command. */
function isStringStart(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}

/** Behind `ESC [`. A sequence that breaks off is left out as far as it goes. */
function readCsi(line: string, start: number): Sequence {
  const intermediates = skip(line, start, 0x30, 0x3f);
  const final = skip(line, intermediates, 0x20, 0x2f);
  const code = line.charCodeAt(final);
  if (!isWithin(code, 0x40, 0x7e)) return { end: final };
  const isSgr = code === 0x6d && final === intermediates;
  return isSgr ? { end: final + 1, parameters: line.slice(start, final) } : { end: final + 1 };
}

/** Up to a bell, the end of string, or another escape; without any, the rest of the line. */
function endOfString(line: string, start: number): number {
  for (let at = start; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === BELL || code === STRING_END) return at + 1;
    if (code === ESCAPE) return line.charCodeAt(at + 1) === 0x5c ? at + 2 : at;
  }
  return line.length;
}

function skip(line: string, start: number, low: number, high: number): number {
  let at = start;
  while (isWithin(line.charCodeAt(at), low, high)) at++;
  return at;
}

function isWithin(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}

/** More than this sets no colour. */
const MAX_SGR_CHARS = 64;

/** Colours, bold, underlined and the like; nothing that hides text or makes it blink. */
function isSaneSgr(parameters: string): boolean {
  if (parameters.length > MAX_SGR_CHARS || !/^[0-9:;]*$/.test(parameters)) return false;
  const codes = parameters.split(";");
  for (let index = 0; index < codes.length; index++) {
    const [code = 0, ...parts] = (codes[index] ?? "").split(":").map(Number);
    if (![code, ...parts].every((value) => value <= 255)) return false;
    if (code === 5 || code === 6 || code === 8) return false;
    // A colour of 256, or of three parts, comes as further codes.
    if ((code === 38 || code === 48 || code === 58) && parts.length === 0)
      index += codes[index + 1] === "5" ? 2 : codes[index + 1] === "2" ? 4 : 0;
  }
  return true;
}
