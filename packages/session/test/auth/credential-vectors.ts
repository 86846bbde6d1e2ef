// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

export interface HelperTable {
  readonly [program: string]: {
    readonly [server: string]: { readonly stdout: string; readonly exit: number };
  };
}

interface AuthVector {
  readonly username: string;
  readonly password: string;
  readonly identity_token?: string;
  readonly registry_token?: string;
  readonly server_address?: string;
}

export interface HostVector {
  readonly host: string;
  readonly auth: AuthVector;
  /** The lookup fails; `auth` then means nothing. */
  readonly error?: string;
  readonly provider: { readonly username?: string; readonly secret?: string; readonly error?: string };
  readonly convert_hostname: string;
}

export interface CredentialVector {
  readonly id: string;
  readonly group: string;
  readonly config: string;
  readonly load_error?: string;
  readonly env?: string;
  readonly helpers?: HelperTable;
  readonly hosts?: readonly HostVector[];
}

/** What the reference implementation found in the same configuration. */
export function readCredentialVectors(): readonly CredentialVector[] {
  const file = new URL("./vectors/credentials.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: readonly CredentialVector[] }).cases;
}
