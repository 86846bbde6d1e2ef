// SPDX-License-Identifier: Apache-2.0
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { renderReport } from "../../src/report/render-report.js";
import type { ReportData } from "../../src/report/report-data.js";
import {
  type Chromium,
  describeInChromium,
  type OpenedReport,
  type OpenOptions,
  startChromium,
} from "./chromium.js";
import { failedBuild, largeBuild, smallBuild, toReport, toStatuses } from "./sample-builds.js";

const BUILDS: Readonly<Record<string, () => ReportData>> = {
  small: smallBuild,
  failed: failedBuild,
  large: () => largeBuild(2000),
};

describeInChromium("the page of a report", () => {
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  let browser: Chromium;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser[Symbol.asyncDispose]());

  async function open(data: ReportData, options?: OpenOptions): Promise<OpenedReport> {
    const report = await browser.open(renderReport(data), options);
    onTestFinished(() => report.page.context().close());
    return report;
  }

  describe.each(Object.entries(BUILDS))("of a %s build", (name, create) => {
    const data = create();

    test.each(["light", "dark"] as const)(
      "shows the timeline in %s, and asks for nothing",
      async (colorScheme) => {
        const { page, complaints, requests, screenshot } = await open(data, { colorScheme });
        await screenshot(`${name}-${colorScheme}`);
        const rows = page.locator("[role=treegrid] .rows [role=row]");
        expect(await rows.count()).toBe(data.steps.length + data.groups.length);
        await rows.first().scrollIntoViewIfNeeded();
        expect(await page.locator(".rows .step .bar").first().isVisible()).toBe(true);
        await page.locator(".rows .step").nth(1).click();
        await screenshot(`${name}-${colorScheme}-open`);
        expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
      },
    );

    test.each(["light", "dark"] as const)(
      "has no serious violation that axe finds in %s",
      async (colorScheme) => {
        const { page } = await open(data, { colorScheme, bypassCSP: true });
        await page.locator(".rows .step").nth(1).click();
        const opened = await findViolations(page);
        await page.locator("#details").press("Escape");
        expect([...(await findViolations(page)), ...opened]).toEqual([]);
      },
    );

    test("fits 400 pixels, and a window that shows it at 200 %", async () => {
      for (const [label, width, height] of [
        ["narrow", 400, 800],
        ["zoomed", 640, 400],
      ] as const) {
        const { page, screenshot } = await open(data, { width, height });
        const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        expect(overflow, label).toBeLessThanOrEqual(0);
        const row = page.locator(".rows .step").last();
        await row.click();
        const [chosen, details] = [await row.boundingBox(), await page.locator("#details").boundingBox()];
        expect((chosen?.y ?? 0) + (chosen?.height ?? 0), label).toBeLessThanOrEqual(details?.y ?? 0);
        await screenshot(`${name}-${label}-open`);
        await page.keyboard.press("Escape");
        await screenshot(`${name}-${label}`);
      }
    });
  });

  describe("by keyboard", () => {
    const selected = (page: Page) => page.locator(".rows [aria-selected=true] code").textContent();
    const focused = (page: Page) => page.evaluate("document.activeElement.textContent");

    test("arrows move between steps, Enter opens one with its output, Escape goes back", async () => {
      const { page } = await open(smallBuild());
      await page.keyboard.press("/");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      expect(await selected(page)).toBe("load build definition from Dockerfile");
      expect(await focused(page)).toContain("load build definition");
      for (let at = 0; at < 6; at++) await page.keyboard.press("ArrowDown");
      expect(await selected(page)).toBe("RUN npm ci --omit=dev");

      await page.keyboard.press("Enter");
      expect(await focused(page)).toBe("RUN npm ci --omit=dev");
      expect(await page.locator("#details .log").textContent()).toContain("added 412 packages");
      expect(await page.locator("#details .ansi-yellow").textContent()).toBe("warn");

      await page.keyboard.press("Escape");
      expect(await page.locator("#details").isVisible()).toBe(false);
      expect(await focused(page)).toContain("RUN npm ci");
      await page.keyboard.press("End");
      expect(await selected(page)).toBe("exporting to image");
    });

    test("one Tab leads into the timeline, and one out of it", async () => {
      const { page } = await open(smallBuild());
      await page.locator("#zoom-in").focus();
      await page.keyboard.press("Tab");
      expect(await focused(page)).toContain("Preparation");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.closest('.rows')")).toBeNull();
    });

    test("left and right fold a stage", async () => {
      const { page } = await open(smallBuild());
      const deps = page.locator(".rows .step", { hasText: "RUN npm ci" });
      await deps.click();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      expect(await deps.isVisible()).toBe(false);
      expect(await page.locator("[aria-expanded=false]").textContent()).toContain("deps");
      await page.keyboard.press("ArrowRight");
      expect(await deps.isVisible()).toBe(true);
    });

    test("the filter leaves the steps that match; Escape empties it", async () => {
      const { page } = await open(largeBuild());
      await page.keyboard.press("/");
      await page.keyboard.type("service-7 arm64 target-19");
      expect(await page.locator(".rows .step:visible").count()).toBe(1);
      expect(await page.locator("#shown").textContent()).toBe("1 of 2,000 steps");
      await page.keyboard.press("Escape");
      expect(await page.locator("#shown").textContent()).toBe("");
    });

    test("zooms to a step and back", async () => {
      const { page } = await open(smallBuild());
      const bar = page.locator(".rows .step", { hasText: "COPY . ." }).locator(".bar");
      const width = async () => (await bar.boundingBox())?.width ?? 0;
      const before = await width();
      await page.locator(".rows .step", { hasText: "COPY . ." }).click();
      await page.keyboard.press("Escape");
      await page.keyboard.press("z");
      expect(await width()).toBeGreaterThan(before * 10);
      await page.keyboard.press("0");
      expect(await width()).toBeCloseTo(before, 0);
    });
  });

  test("the overview chooses a part of the time with the mouse", async () => {
    const { page } = await open(smallBuild());
    const { x, y, width } = (await page.locator(".overview").boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * 0.5, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.75, y + 10);
    await page.mouse.up();
    expect(await page.locator(".tick").allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(9|10|11)/)]),
    );
    expect(await page.locator("#zoom-reset").isEnabled()).toBe(true);
  });

  test("a failed build leads from the error to the whole output", async () => {
    const { page } = await open(failedBuild());
    expect(await page.locator(".failure .marked code").textContent()).toBe("RUN npm run build -- --minify");
    await page.getByRole("button", { name: "Show the step with its whole output" }).click();
    expect(await page.locator("#details .log").textContent()).toContain("Cannot find name 'formatPrice'");
  });

  test("the search in an output goes from line to line", async () => {
    const log = Array.from(
      { length: 5000 },
      (_, at) => `line ${at}${at % 1000 === 7 ? " needle" : ""}\n`,
    ).join("");
    const { page } = await open(toReport(toStatuses({ a: { name: "[1/1] RUN seq", from: 0, to: 1, log } })));
    await page.locator(".rows .step").click();
    expect(await page.locator(".log-line").count()).toBe(3000);
    await page.getByRole("searchbox", { name: "Search output" }).fill("NEEDLE");
    expect(await page.locator(".matches").textContent()).toBe("1 of 5 lines");
    expect(await page.locator(".log-line.current").textContent()).toContain("line 7 needle");
    await page.keyboard.press("Enter");
    expect(await page.locator(".log-line.current").textContent()).toContain("line 1007 needle");
    expect(await page.locator(".log-line.current").isVisible()).toBe(true);
  });

  test("the search looks up no row in the page, however many lines match", async () => {
    const log = "line\n".repeat(5000);
    const { page } = await open(toReport(toStatuses({ a: { name: "[1/1] RUN seq", from: 0, to: 1, log } })));
    await page.locator(".rows .step").click();
    await page.evaluate(`
      globalThis.lookups = 0;
      const lookUp = Element.prototype.querySelector;
      Element.prototype.querySelector = function (selector) {
        globalThis.lookups++;
        return lookUp.call(this, selector);
      };
    `);
    await page.getByRole("searchbox", { name: "Search output" }).fill("l");
    expect(await page.locator(".log-line.found").count()).toBe(5000);
    expect(await page.evaluate("globalThis.lookups")).toBeLessThan(100);
  });

  test("what a build says does nothing", async () => {
    const text = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)><!--';
    const statuses = toStatuses({ a: { name: `[1/1] RUN ${text}`, from: 0, to: 1, log: text, error: text } });
    const { page, complaints, requests } = await open(toReport(statuses, { title: text, outcome: "failed" }));
    await page.locator(".rows .step").click();
    expect(await page.title()).toContain("</script>");
    expect(await page.locator("#details .log-text").textContent()).toBe(text);
    expect(await page.locator("img").count()).toBe(0);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });

  test("of 2,000 rows only those in sight are laid out, and any can be reached", async () => {
    const { page } = await open(largeBuild());
    const last = page.locator(".rows .step").last();
    const countShown = () =>
      page.evaluate(
        "[...document.querySelectorAll('.rows code')].filter((code) => code.checkVisibility({ contentVisibilityAuto: true })).length",
      );
    expect(await countShown()).toBeLessThan(200);
    await page.locator(".rows .step").first().click();
    await page.keyboard.press("End");
    expect(await last.isVisible()).toBe(true);
    expect(await page.evaluate("document.activeElement.textContent")).toContain("exporting to image");
    expect(await countShown()).toBeLessThan(200);
  });
});

/** What axe calls serious or critical, with the elements that have it. */
async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  // The many rows of a large build are alike, and axe would take minutes for them.
  await page.evaluate(
    "for (const row of document.querySelectorAll('.rows > .row:nth-child(n + 60)')) row.remove()",
  );
  const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(" ")}`,
    );
}
