// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { checkSystem, installSystemPackages } from "../engine/system.mjs";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";

/**
 * Makes sure that the tests of pages have a browser: that of BK_CHROMIUM, or Debian's Chromium, which is installed as
 * root. Where there is none, those tests say so and are skipped, unless `BK_INTEGRATION=required` makes that a failure.
 */
export async function prepareTestBrowser(env = process.env) {
  if (env.BK_CHROMIUM) return { failed: false, notice: `browser: ${env.BK_CHROMIUM} (BK_CHROMIUM)` };
  try {
    if (!existsSync(CHROMIUM)) {
      const { id } = await checkSystem();
      // Ubuntu's is not in a package.
      if (id !== "debian") return none(env, "set BK_CHROMIUM to a Chromium");
      console.log("browser: installs chromium, once");
      await installSystemPackages(["chromium", "fonts-dejavu-core"]);
    }
    return { failed: false, notice: `browser: ${CHROMIUM}` };
  } catch (error) {
    return none(env, error.message);
  }
}

function none(env, reason) {
  return { failed: env.BK_INTEGRATION === "required", notice: `browser: none (${reason})` };
}
