// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { groupSteps, type StepToGroup } from "../../src/report/group-steps.js";

/** Steps that started one after another. */
function steps(...names: readonly string[]): readonly StepToGroup[] {
  return names.map((name, at) => ({ name, startNs: BigInt(at) }));
}

const NAMES = [
  "[internal] load build definition from Dockerfile",
  "[auth] library/alpine:pull token for registry-1.docker.io",
  "[linux/arm64 build 2/2] RUN make",
  "[linux/amd64 build 1/2] FROM alpine",
  "[linux/arm64 build 1/2] FROM alpine",
  "[stage-1 1/1] COPY --from=build /out /",
  "exporting to image",
  "docker-image://docker.io/library/alpine",
];

test("steps are put together by stage and platform, in the order of their numbers", () => {
  const groups = groupSteps(steps(...NAMES));
  expect(
    groups.map(({ name, platform, members }) => [name, platform, members.map((each) => each.name.command)]),
  ).toEqual([
    [
      "Preparation",
      undefined,
      ["load build definition from Dockerfile", "[auth] library/alpine:pull token for registry-1.docker.io"],
    ],
    ["build", "linux/arm64", ["FROM alpine", "RUN make"]],
    ["build", "linux/amd64", ["FROM alpine"]],
    ["stage-1", undefined, ["COPY --from=build /out /"]],
    ["Export", undefined, ["exporting to image"]],
    ["Other", undefined, ["docker-image://docker.io/library/alpine"]],
  ]);
});

test("groups and steps come in the order in which they started, however they are given", () => {
  const commands = (given: readonly StepToGroup[]) =>
    groupSteps(given).flatMap(({ members }) => members.map(({ name }) => name.command));
  const given = [...steps(...NAMES), { name: "[later 1/1] RUN x", startNs: undefined }];
  expect(commands(given.toReversed())).toEqual(commands(given));
  expect(commands(given).at(-1)).toBe("RUN x");
});

test("a stage that is called as a group of ours stays apart from it", () => {
  expect(groupSteps(steps("exporting to image", "[Export 1/1] RUN make"))).toHaveLength(2);
});

test("the steps of the only stage without a name are those of the Dockerfile", () => {
  expect(groupSteps(steps("[1/2] FROM scratch"))[0]).toMatchObject({ name: "Dockerfile" });
});
