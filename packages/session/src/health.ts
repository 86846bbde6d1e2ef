// SPDX-License-Identifier: Apache-2.0
import type { Attachable } from "./attachable.js";

/**
 * The health service. The daemon calls it every 5 s and gives the session up after two failures in a row
 * (moby/buildkit session/grpc.go), so the answer is immediate and depends on nothing.
 */
export function createHealth(): Attachable {
  return {
    methods: ["/grpc.health.v1.Health/Check"],
    async loadRoutes() {
      const { Health, HealthCheckResponse_ServingStatus } = await import("@bk/proto/health");
      return (router) =>
        router.rpc(Health.method.check, () => ({ status: HealthCheckResponse_ServingStatus.SERVING }));
    },
  };
}
