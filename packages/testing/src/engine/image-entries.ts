// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";

import { saveImage } from "./images.js";

/** One entry of a layer's tar. */
export interface LayerEntry {
  /** Without "/" at the end. */
  readonly path: string;
  readonly header: Header;
  readonly data: Buffer;
}

/**
 * Every entry of every layer of an image, in the order of the layers and of their tars. The image is held in memory.
 *
 * @param image a tag, or an id such as "sha256:..."
 */
export async function readImageEntries(dockerSocket: string, image: string): Promise<LayerEntry[]> {
  const saved = await readTar(await saveImage(dockerSocket, image));
  const files = new Map(saved.map(({ path, data }) => [path, data]));
  const file = (path: string): Buffer => {
    const data = files.get(path);
    if (data === undefined) throw new Error(`${image} was saved without ${path}`);
    return data;
  };
  const manifest: [{ Layers: string[] }] = JSON.parse(file("manifest.json").toString("utf8"));
  const entries: LayerEntry[] = [];
  for (const layer of manifest[0].Layers) entries.push(...(await readTar(openLayer(file(layer)))));
  return entries;
}

/** All that is to be compared of an entry, as one line. */
export function formatLayerEntry({ path, header, data }: LayerEntry): string {
  const mode = (header.mode ?? 0).toString(8).padStart(4, "0");
  const device = header.type?.endsWith("device") ? ` device ${header.devmajor}:${header.devminor}` : "";
  const link = header.linkname ? ` -> ${JSON.stringify(header.linkname)}` : "";
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 16);
  const content = header.type === "file" ? ` ${data.length} bytes ${hash}` : "";
  const what = `${header.type} ${mode} ${header.uid}:${header.gid} ${header.mtime?.toISOString()}`;
  return `${JSON.stringify(path)} ${what}${device}${link}${content}`;
}

/** Layers are gzipped or not, whatever stored them. */
function openLayer(blob: Buffer): Readable {
  const isGzip = blob[0] === 0x1f && blob[1] === 0x8b;
  return isGzip ? Readable.from([blob]).pipe(createGunzip()) : Readable.from([blob]);
}

async function readTar(tar: Readable): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const entry of tar.pipe(extract())) {
    const { header } = entry;
    entries.push({ path: header.name.replace(/\/$/, ""), header, data: await buffer(entry) });
  }
  return entries;
}
