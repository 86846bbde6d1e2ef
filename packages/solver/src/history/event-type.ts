// SPDX-License-Identifier: Apache-2.0
import type { BuildHistoryEventType } from "@bk/proto/control";

/** The values of BuildHistoryEventType: the enum would bring all descriptors with it. */
export const EVENT_TYPE: Readonly<Record<"started" | "complete" | "deleted", BuildHistoryEventType>> = {
  started: 0,
  complete: 1,
  deleted: 2,
};
