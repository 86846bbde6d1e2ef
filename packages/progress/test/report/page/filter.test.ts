// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { findSteps } from "../../../src/report/page/filter.js";
import { smallBuild } from "../sample-builds.js";

describe("findSteps()", () => {
  const data = smallBuild();
  const commands = (text: string, phase = "all") =>
    [...findSteps(data, { text, phase })].map((step) => data.steps[step]?.command);

  test("takes words in any order and case, of command and stage", () => {
    expect(commands("build NPM")).toEqual(["RUN npm run build -- --minify"]);
    expect(commands("deps 2/3")).toEqual(["COPY package.json package-lock.json ./"]);
    expect(commands("nowhere")).toEqual([]);
  });

  test("takes a phase, or the critical path", () => {
    expect(commands("", "cached")).toEqual(["WORKDIR /src"]);
    expect(commands("npm", "critical")).toEqual(["RUN npm ci --omit=dev"]);
    expect(commands("", "all")).toHaveLength(13);
  });
});
