// SPDX-License-Identifier: Apache-2.0
import { formatFamiliarReference, parseReference } from "../reference.js";

/**
 * The name by which the Dockerfile frontend looks a named context up. Names are those of images: `FROM alpine` and
 * `FROM docker.io/library/alpine:latest` find the context `alpine`.
 *
 * @throws {SolverError} `BK_OPTIONS_INVALID`
 */
export function normalizeContextName(name: string): string {
  return formatFamiliarReference(parseReference(name)).replace(/:latest$/, "");
}
