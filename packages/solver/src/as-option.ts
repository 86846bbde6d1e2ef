// SPDX-License-Identifier: Apache-2.0
import { SessionError } from "@bk/session";
import { invalidOption } from "./options/invalid-option.js";

/** Makes what the session cannot use the fault of the option that names it. */
export async function asOption<T>(option: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw SessionError.is(error) ? invalidOption(option, error.message, error) : error;
  }
}
