// SPDX-License-Identifier: Apache-2.0
import { Health, HealthCheckResponse_ServingStatus } from "@bk/proto/health";
import type { Attachable } from "./attachable.js";

/**
 * The health service. The daemon calls it every 5 s and gives the session up after two failures in a row
 * (moby/buildkit session/grpc.go), so the answer is immediate and depends on nothing.
 */
export function createHealth(): Attachable {
  return {
    methods: ["/grpc.health.v1.Health/Check"],
    routes(router) {
      router.rpc(Health.method.check, () => ({ status: HealthCheckResponse_ServingStatus.SERVING }));
    },
  };
}
