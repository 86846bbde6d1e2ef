// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { prepareTestBrowser } from "../lib/test-browser.mjs";

test("the browser of BK_CHROMIUM is taken as it is", async () => {
  expect(await prepareTestBrowser({ BK_CHROMIUM: "/opt/chromium", BK_INTEGRATION: "required" })).toEqual({
    failed: false,
    notice: "browser: /opt/chromium (BK_CHROMIUM)",
  });
});
