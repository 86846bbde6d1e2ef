// SPDX-License-Identifier: Apache-2.0
import { type AttrTable, bool, integer, list, oneOf } from "../attrs/attr-table.js";
import type { WrittenAttrs } from "../attrs/resolve-attrs.js";

/** How layers are compressed. */
export interface CompressionOptions {
  /** Of layers that the build makes; those of base images stay as they are without `forceCompression`. */
  readonly compression?: "uncompressed" | "gzip" | "estargz" | "zstd" | undefined;
  /** 0 to 9 for gzip and estargz, 0 to 22 for zstd. */
  readonly compressionLevel?: number | undefined;
  readonly forceCompression?: boolean | undefined;
}

/** What every exporter takes that makes an image, wherever it goes. */
export interface ImageFormatOptions extends CompressionOptions {
  /** Names of this export, in place of the tags of the build. */
  readonly name?: string | readonly string[] | undefined;
  /** Media types of OCI in place of Docker's. */
  readonly ociMediaTypes?: boolean | undefined;
  /** Attestations as OCI artifacts. */
  readonly ociArtifact?: boolean | undefined;
  /** Attach attestations that the frontend wanted to be kept with the build only. */
  readonly attestationInline?: boolean | undefined;
  readonly preferNondistLayers?: boolean | undefined;
  /** Seconds since 1970: no time stamp of the image is later. Default: the build argument SOURCE_DATE_EPOCH. */
  readonly sourceDateEpoch?: number | undefined;
  /** Bring time stamps in layers down to `sourceDateEpoch` too. */
  readonly rewriteTimestamp?: boolean | undefined;
  /** Report the digest of the image as its ID, as Docker's containerd store does, not that of its configuration. */
  readonly preferImageDigest?: boolean | undefined;
  /** More attributes, as the daemon spells them: `{ "annotation.org.opencontainers.image.title": "App" }`. */
  readonly attrs?: WrittenAttrs | undefined;
}

export const COMPRESSION_ATTRS: AttrTable<CompressionOptions> = {
  compression: oneOf("compression", ["uncompressed", "gzip", "estargz", "zstd"]),
  compressionLevel: integer("compression-level"),
  forceCompression: bool("force-compression"),
};

/** Must match the daemon: exporter/containerimage/exptypes of moby/buildkit. */
export const IMAGE_FORMAT_ATTRS: AttrTable<Omit<ImageFormatOptions, "attrs">> = {
  ...COMPRESSION_ATTRS,
  name: list("name", ","),
  ociMediaTypes: bool("oci-mediatypes"),
  ociArtifact: bool("oci-artifact"),
  attestationInline: bool("attestation-inline"),
  preferNondistLayers: bool("prefer-nondist-layers"),
  sourceDateEpoch: integer("source-date-epoch"),
  rewriteTimestamp: bool("rewrite-timestamp"),
  preferImageDigest: bool("prefer-image-digest"),
};

/** `annotation.key`, `annotation-index.key`, `annotation-manifest[linux/amd64].key`. */
export const ANNOTATION_ATTR: RegExp = /^annotation(?:-[a-z-]+)?(?:\[[A-Za-z0-9_/.-]+\])?\../;
