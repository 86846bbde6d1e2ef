// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";

const SHOWN = 400;

/** Throws, showing both, unless the values are equal. */
export function expectEqual(what, got, want) {
  if (isDeepStrictEqual(got, want)) return;
  throw new Error(`${what}: got ${show(got)}, want ${show(want)}`);
}

/** Throws unless `attempt` fails with exactly this text. */
export async function expectError(what, text, attempt) {
  let got;
  try {
    got = await attempt();
  } catch (error) {
    expectEqual(`${what}: error`, error.message, text);
    return;
  }
  throw new Error(`${what}: got ${show(got)}, want the error ${show(text)}`);
}

/** Throws unless `attempt` fails: for texts that are shown to people, and so are bk's own. */
export async function expectRefused(what, attempt) {
  let got;
  try {
    got = await attempt();
  } catch {
    return;
  }
  throw new Error(`${what}: got ${show(got)}, want it refused`);
}

function show(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
