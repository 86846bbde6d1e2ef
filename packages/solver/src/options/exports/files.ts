// SPDX-License-Identifier: Apache-2.0
import { type AttrTable, bool, integer, text } from "../attrs/attr-table.js";
import type { WrittenAttrs } from "../attrs/resolve-attrs.js";

/** What every exporter takes that makes files, as a tar or in a directory. */
export interface FilesOptions {
  /** A folder for each platform (`linux_amd64`). Default: only when several are built. */
  readonly platformSplit?: boolean | undefined;
  /** What the names of files with attestations begin with. */
  readonly attestationPrefix?: string | undefined;
  /** Seconds since 1970: files get no later time stamp. Default: the build argument SOURCE_DATE_EPOCH. */
  readonly sourceDateEpoch?: number | undefined;
  /** The same as the daemon spells it: `{ "attestation-prefix": "a." }`. */
  readonly attrs?: WrittenAttrs | undefined;
}

/** Must match the daemon: exporter/local of moby/buildkit. */
export const FILES_ATTRS: AttrTable<Omit<FilesOptions, "attrs">> = {
  platformSplit: bool("platform-split"),
  attestationPrefix: text("attestation-prefix"),
  sourceDateEpoch: integer("source-date-epoch"),
};
