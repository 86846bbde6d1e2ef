// SPDX-License-Identifier: Apache-2.0

/**
 * Why the private engine cannot be had. Codes: BK_ENGINE_UNSUPPORTED (not Debian or Ubuntu),
 * BK_ENGINE_NOT_ROOT, BK_ENGINE_DOWNLOAD (no network, no package), BK_ENGINE_INSTALL, BK_ENGINE_START,
 * BK_ENGINE_STOP, BK_ENGINE_USAGE.
 */
export class EngineError extends Error {
  /**
   * @param {string} code
   * @param {string} message what happened, why, what to try
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "EngineError";
    this.code = code;
  }
}
