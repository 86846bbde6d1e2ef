// SPDX-License-Identifier: Apache-2.0
import { type ByteString, decodeRunes } from "../byte-string.js";
import type { PathTest } from "./path-test.js";
import type { PatternToken } from "./pattern-syntax.js";

/** A pattern as steps. Each consumes one character, or stays, or is left without consuming. */
type Step =
  | { readonly kind: "char"; readonly char: number }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly chars: ReadonlySet<number>; readonly negated: boolean }
  /** Stays on all but "/". */
  | { readonly kind: "star" }
  /** Stays on all but a line feed: Go's `.` leaves that out. */
  | { readonly kind: "rest" }
  /** The entry of a `**`: moves on without consuming, into the group and past it. */
  | { readonly kind: "fork" }
  /** Inside a `**`: stays like "rest", and a "/" also leads past it. */
  | { readonly kind: "deep" };

/** A set of steps that may come next, and where each class of characters leads from there. */
interface State {
  readonly steps: readonly number[];
  readonly accepting: boolean;
  readonly next: (State | undefined)[];
}

const SLASH = 0x2f;
const LINE_FEED = 0x0a;
/** States are made when first needed; a pattern built to have many of them starts again at this number. */
const MAX_STATES = 512;

/**
 * Matches paths against one pattern, in time linear in the path whatever the pattern. Undefined if the pattern
 * needs a regular expression.
 */
export function createAutomaton(tokens: readonly PatternToken[]): PathTest | undefined {
  const steps = tokens.flatMap(toSteps);
  if (steps.includes(undefined)) return undefined;
  return new LazyAutomaton(steps.filter((step) => step !== undefined));
}

function toSteps(token: PatternToken): readonly (Step | undefined)[] {
  switch (token.kind) {
    case "char":
      return [{ kind: "char", char: token.char.codePointAt(0) ?? 0 }];
    case "any":
    case "star":
    case "rest":
      return [{ kind: token.kind }];
    case "class": {
      const chars = new Set(Array.from(token.chars, (char) => char.charCodeAt(0)));
      return [{ kind: "class", chars, negated: token.negated }];
    }
    case "deep":
      return [{ kind: "fork" }, { kind: "deep" }];
    case "raw":
      return [undefined];
  }
}

/** A deterministic automaton whose states are built as paths need them. It owns that growing table. */
class LazyAutomaton implements PathTest {
  readonly #steps: readonly Step[];
  /** The class of each ASCII character, and of the others that the pattern names. 0 is every other one. */
  readonly #asciiClass = new Uint16Array(128);
  readonly #otherClass = new Map<number, number>();
  /** One character of each class. */
  readonly #examples: number[] = [-1];
  /** ASCII that every match holds, and that it ends in: most paths fail there at once. */
  readonly #needed: string;
  readonly #tail: string;
  #states = new Map<string, State>();
  #start: State;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    const runs = asciiRuns(steps);
    this.#needed = runs.reduce((longest, run) => (run.length > longest.length ? run : longest));
    this.#tail = runs.at(-1) ?? "";
    for (const char of new Set([
      SLASH,
      LINE_FEED,
      ...steps.flatMap((step) =>
        step.kind === "char" ? [step.char] : step.kind === "class" ? [...step.chars] : [],
      ),
    ])) {
      const index = this.#examples.push(char) - 1;
      if (char < 128) this.#asciiClass[char] = index;
      else this.#otherClass.set(char, index);
    }
    this.#start = this.#stateOf([0]);
  }

  matches(path: ByteString): boolean {
    return path.endsWith(this.#tail) && path.includes(this.#needed) && this.#run(path).accepting;
  }

  matchesPathOrParent(path: ByteString): boolean {
    return path.includes(this.#needed) && this.#run(path, true).accepting;
  }

  matchesBelow(prefix: ByteString): boolean {
    return this.#run(prefix).steps.length > 0;
  }

  /** Where the path leads, or, with `orParent`, the first directory above it that is accepted. */
  #run(path: ByteString, orParent = false): State {
    let state = this.#start;
    for (let at = 0; at < path.length; at++) {
      const byte = path.charCodeAt(at);
      if (byte > 127) return this.#runCharacters(decodeRunes(path), orParent);
      if (byte === SLASH && orParent && state.accepting) return state;
      const index = this.#asciiClass[byte] ?? 0;
      state = state.next[index] ?? this.#advance(state, index);
      if (state.steps.length === 0) return state;
    }
    return state;
  }

  #runCharacters(text: string, orParent: boolean): State {
    let state = this.#start;
    for (const character of text) {
      const char = character.codePointAt(0) ?? 0;
      if (char === SLASH && orParent && state.accepting) return state;
      const index = char < 128 ? (this.#asciiClass[char] ?? 0) : (this.#otherClass.get(char) ?? 0);
      state = state.next[index] ?? this.#advance(state, index);
    }
    return state;
  }

  #advance(from: State, index: number): State {
    const char = this.#examples[index] ?? -1;
    const reached = from.steps.flatMap((at) => stepOver(this.#steps[at], at, char));
    const state = this.#stateOf(reached);
    from.next[index] = state;
    return state;
  }

  #stateOf(reached: readonly number[]): State {
    const closed = new Set<number>();
    const open = [...reached];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (closed.has(at)) continue;
      closed.add(at);
      open.push(...leavesFreely(this.#steps[at], at));
    }
    const steps = [...closed].sort((a, b) => a - b);
    const key = steps.join();
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= MAX_STATES) this.#forget();
    const state = { steps, accepting: closed.has(this.#steps.length), next: [] };
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    this.#states = new Map();
    this.#start = this.#stateOf([0]);
  }
}

function stepOver(step: Step | undefined, at: number, char: number): readonly number[] {
  switch (step?.kind) {
    case "char":
      return step.char === char ? [at + 1] : [];
    case "any":
      return char === SLASH ? [] : [at + 1];
    case "class":
      return step.chars.has(char) === step.negated ? [] : [at + 1];
    case "star":
      return char === SLASH ? [] : [at];
    case "rest":
      return char === LINE_FEED ? [] : [at];
    case "deep":
      return char === SLASH ? [at, at + 1] : char === LINE_FEED ? [] : [at];
    case "fork":
    case undefined:
      return [];
  }
}

function leavesFreely(step: Step | undefined, at: number): readonly number[] {
  if (step?.kind === "star" || step?.kind === "rest") return [at + 1];
  return step?.kind === "fork" ? [at + 1, at + 2] : [];
}

/** The ASCII text between the steps that are no characters of it; the last is what the pattern ends in. */
function asciiRuns(steps: readonly Step[]): readonly string[] {
  const runs = [""];
  for (const step of steps) {
    if (step.kind === "char" && step.char < 128) runs.push(`${runs.pop()}${String.fromCodePoint(step.char)}`);
    else runs.push("");
  }
  return runs;
}
