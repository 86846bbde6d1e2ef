// SPDX-License-Identifier: Apache-2.0
import type { DefinitionSchema } from "@bk/proto/pb";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Bridge } from "./bridge.js";
import { type GatewayResult, toGatewayResult } from "./gateway-result.js";
import { type FileRange, readFile } from "./read-file.js";

/** A question to a frontend, or a graph to build. */
export interface FrontendRequest {
  /** `dockerfile.v0`, or `gateway.v0` for one from an image; not with `definition`. */
  readonly frontend?: string | undefined;
  readonly frontendAttrs?: Readonly<Record<string, string>> | undefined;
  /** LLB. */
  readonly definition?: MessageInitShape<typeof DefinitionSchema> | undefined;
  /** Run the steps now. Otherwise they run when the result is read or returned. */
  readonly evaluate?: boolean | undefined;
}

/** What a frontend on this side may ask of the daemon, for as long as its build is open. */
export interface Gateway {
  /** What the build's options mean: solving it and returning the result is the same as `solve()`. */
  readonly buildRequest: FrontendRequest;
  /** Aborts when the build ends, with what ended it. Calls under way then reject with that. */
  readonly signal: AbortSignal;
  /** Whether the daemon has a capability, such as `gateway.evaluate`: its names are those of BuildKit's gateway. */
  supports(capability: string): boolean;
  /** @throws {SolverError} `BK_SOLVE_FAILED` with `failure`; {TransportError}; `signal.reason`. */
  solve(request: FrontendRequest): Promise<GatewayResult>;
  /**
   * Reads a file of a result, up to 16 MiB; of a range that ends behind the file's end, what there is. Symbolic links
   * are followed inside the tree.
   *
   * @throws {SolverError} `BK_REQUEST_REFUSED` when there is no such file; `BK_ANSWER_INVALID` when it, or what is left
   * of it, is larger; `BK_OPTIONS_INVALID` for a range that is none; as `solve` when a step of the result fails.
   */
  readFile(ref: string, path: string, range?: FileRange): Promise<Uint8Array>;
}

export function createGateway(bridge: Bridge, buildRequest: FrontendRequest, signal: AbortSignal): Gateway {
  return {
    buildRequest,
    signal,
    supports: (capability) => bridge.capabilities.has(capability),
    async solve({ frontend, frontendAttrs, definition, evaluate }) {
      const { result } = await bridge.call((client, options) =>
        client.solve(
          {
            frontend: frontend ?? "",
            frontendOpt: { ...frontendAttrs },
            ...(definition && { definition }),
            evaluate: evaluate === true,
            allowResultReturn: true,
            allowResultArrayRef: true,
          },
          options,
        ),
      );
      return toGatewayResult(result);
    },
    readFile: (ref, path, range) => readFile(bridge, { ref, path, range }),
  };
}
