// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { describe, test } from "vitest";

/** Pictures of the pages, for people to look at. Git ignores it. */
const SCREENSHOTS = fileURLToPath(new URL("../../../../artifacts/report", import.meta.url));

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** That of BK_CHROMIUM, or Debian's. */
const EXECUTABLE = process.env["BK_CHROMIUM"] ?? "/usr/bin/chromium";

/**
 * A `describe` whose tests need Chromium. Without one it holds a single test in their place, skipped with the reason, or
 * failed when BK_INTEGRATION=required.
 */
export function describeInChromium(name: string, suite: () => void): void {
  if (existsSync(EXECUTABLE)) {
    describe(name, suite);
    return;
  }
  describe(name, () => {
    test("needs Chromium", (context) => {
      const reason = `there is no ${EXECUTABLE}: install Debian's chromium, or set BK_CHROMIUM`;
      if (process.env["BK_INTEGRATION"] === "required") throw new Error(reason);
      context.skip(reason);
    });
  });
}

export interface OpenOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Lets a test add scripts of its own. The policy of the page is off then. */
  readonly bypassCSP?: boolean;
}

/** A report in a browser, with what it should not have done. */
export interface OpenedReport {
  readonly page: Page;
  /** Errors and warnings of the console, and what was thrown. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for, but for the page's own. */
  readonly requests: readonly string[];
  screenshot(name: string): Promise<void>;
}

export interface Chromium extends AsyncDisposable {
  open(html: string, options?: OpenOptions): Promise<OpenedReport>;
}

export async function startChromium(): Promise<Chromium> {
  const dir = await mkdtemp(path.join(tmpdir(), "bk-report-"));
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  let pages = 0;
  return {
    async open(html, options = {}) {
      const file = path.join(dir, `report-${pages++}.html`);
      await writeFile(file, html);
      const { width = 1280, height = 800, colorScheme = "light", bypassCSP = false } = options;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP });
      return await openPage(context, pathToFileURL(file).href);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openPage(context: BrowserContext, url: string): Promise<OpenedReport> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  await page.goto(url);
  return {
    page,
    complaints,
    requests,
    async screenshot(name) {
      await mkdir(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    },
  };
}
