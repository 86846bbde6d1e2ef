// SPDX-License-Identifier: Apache-2.0
import type { Registry } from "@bk/testing";

/** An index, or the manifest of an image, as registries keep them. */
export interface Manifest {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of an index. */
  readonly manifests?: readonly Descriptor[];
  /** Of an image. */
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

export interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** @param reference a tag or a digest */
export async function readManifest(
  { host }: Registry,
  repository: string,
  reference: string,
): Promise<Manifest> {
  const url = `http://${host}/v2/${repository}/manifests/${reference}`;
  const response = await fetch(url, { headers: { accept: ACCEPT } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Manifest;
}

/** A blob that is JSON: the configuration of an image, or a statement about one. */
export async function readBlob(
  { host }: Registry,
  repository: string,
  digest: string,
): Promise<Record<string, unknown>> {
  const url = `http://${host}/v2/${repository}/blobs/${digest}`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
