// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject } from "node:crypto";
import { open } from "node:fs/promises";
import { SessionError } from "../errors.js";
import { describeFileError } from "../file-error.js";
import { NEEDS_PASSPHRASE, parseOpenSshKey } from "./openssh-key.js";
import { createSshKey, type SshKey } from "./ssh-key.js";

/** Key files are small; must match BuildKit's session/sshforward/sshprovider. */
const MAX_KEY_FILE_BYTES = 100 * 1024;

/**
 * Reads a private key without a passphrase, in OpenSSH's format or in PEM (PKCS#1, PKCS#8, SEC 1).
 *
 * @throws {SessionError} `BK_SSH_FAILED`, which names the file and quotes nothing of it.
 */
export async function readKeyFile(path: string): Promise<SshKey> {
  const text = await readText(path);
  try {
    return createSshKey(parsePrivateKey(text));
  } catch (cause) {
    throw keyFailed(path, explain(text, cause), cause);
  }
}

function parsePrivateKey(text: string): KeyObject {
  const key = parseOpenSshKey(text);
  if (key) return key;
  // "Proc-Type: 4,ENCRYPTED" in old PEM files, "BEGIN ENCRYPTED PRIVATE KEY" in PKCS#8.
  if (/^Proc-Type: 4,ENCRYPTED|-BEGIN ENCRYPTED /m.test(text)) throw new Error(NEEDS_PASSPHRASE);
  return createPrivateKey(text);
}

async function readText(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_KEY_FILE_BYTES + 1));
    if (bytesRead > MAX_KEY_FILE_BYTES) throw new RangeError(`it is larger than ${MAX_KEY_FILE_BYTES} bytes`);
    return buffer.toString("latin1", 0, bytesRead);
  } catch (cause) {
    throw keyFailed(path, describeFileError(cause), cause);
  }
}

function explain(text: string, cause: unknown): string {
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text))
    return "it is a public key. Name the private key, without .pub";
  // Node's own errors have codes, and texts that help nobody.
  if (cause instanceof Error && !("code" in cause)) return cause.message;
  return "it is not a private key in a known format";
}

function keyFailed(path: string, why: string, cause: unknown): SessionError {
  return new SessionError("BK_SSH_FAILED", `The SSH key ${path} cannot be used: ${why}`, { cause });
}
