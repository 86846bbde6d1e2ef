// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** Certificates for tests. Those of a server are for localhost and 127.0.0.1. */
export interface TestPki {
  readonly ca: Certificate;
  readonly server: Certificate;
  readonly client: Certificate;
  /** An authority that signed none of the others, and a client certificate of it. */
  readonly otherCa: Certificate;
  readonly otherClient: Certificate;
  /** A server certificate of `ca` that ended yesterday. */
  readonly expiredServer: Certificate;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const CA_EXTENSIONS = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];

/** Makes them with the openssl command, in an existing folder. */
export async function createTestPki(dir: string): Promise<TestPki> {
  const ca = await createAuthority(dir, "ca");
  const otherCa = await createAuthority(dir, "other-ca");
  return {
    ca,
    otherCa,
    server: await createCertificate(dir, "server", ca, 30),
    client: await createCertificate(dir, "client", ca, 30),
    otherClient: await createCertificate(dir, "other-client", otherCa, 30),
    expiredServer: await createCertificate(dir, "expired-server", ca, -1),
  };
}

async function createAuthority(dir: string, name: string): Promise<Certificate> {
  const files = filesOf(dir, name);
  const output = ["-keyout", files.keyPath, "-out", files.certPath];
  await openssl([
    "req",
    "-x509",
    ...NEW_KEY,
    ...output,
    ...CA_EXTENSIONS,
    "-days",
    "30",
    "-subj",
    `/CN=bk test ${name}`,
  ]);
  return readCertificate(files);
}

async function createCertificate(
  dir: string,
  name: string,
  ca: Certificate,
  days: number,
): Promise<Certificate> {
  const files = filesOf(dir, name);
  const request = path.join(dir, `${name}.csr`);
  const extensions = path.join(dir, `${name}.ext`);
  await writeFile(
    extensions,
    "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n",
  );
  await openssl([
    "req",
    "-new",
    ...NEW_KEY,
    "-keyout",
    files.keyPath,
    "-out",
    request,
    "-subj",
    `/CN=${name}`,
  ]);
  const signer = ["-CA", ca.certPath, "-CAkey", ca.keyPath, "-CAcreateserial", "-extfile", extensions];
  await openssl(["x509", "-req", "-in", request, ...signer, "-days", `${days}`, "-out", files.certPath]);
  return readCertificate(files);
}

function filesOf(dir: string, name: string): { certPath: string; keyPath: string } {
  return { certPath: path.join(dir, `${name}.crt`), keyPath: path.join(dir, `${name}.key`) };
}

async function readCertificate(files: { certPath: string; keyPath: string }): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(files.certPath, "utf8"), readFile(files.keyPath, "utf8")]);
  return { ...files, cert, key };
}

async function openssl(args: readonly string[]): Promise<void> {
  await promisify(execFile)("openssl", args);
}
