// SPDX-License-Identifier: Apache-2.0
import { setMaxListeners } from "node:events";
import {
  type BuildResult,
  type CheckResult,
  callFrontend,
  checkBuild,
  createDaemon,
  createDockerDaemon,
  type Daemon,
  type FrontendAnswer,
  listTargets,
  type OutlineResult,
  outlineBuild,
  ping,
  type TargetsResult,
} from "@bk/solver";
import {
  type AbortOptions,
  createDialer,
  listenAbort,
  parseAddress,
  resolveDockerEndpoint,
  type TlsOptions,
} from "@bk/transport";
import { type Ask, askEmbedded, askStandalone, buildEmbedded, buildStandalone } from "./build.js";
import type { BuildOptions } from "./build-options.js";
import { createDialedDaemon, type EmbeddedDialers } from "./embedded-dialers.js";
import { ClientError } from "./errors.js";
import { type WaitOptions, waitForReady } from "./wait-for-ready.js";

export interface FromEnvOptions {
  /**
   * Where BUILDKIT_HOST and Docker's variables are read, and the environment of `ssh`, `kubectl` and so on.
   * Default `process.env`.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For a daemon behind TLS. */
  readonly tls?: TlsOptions | undefined;
}

export interface EmbeddedOptions extends Partial<EmbeddedDialers> {
  /** Where Docker's variables are read, without dialers. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Builds images with a BuildKit daemon. It connects at first use, and again after a lost connection. Builds may run
 * at the same time. `close()` ends them all.
 */
export class Client implements AsyncDisposable {
  readonly #mode: "standalone" | "embedded";
  readonly #daemon: Daemon;
  readonly #env: Env;
  readonly #closed = new AbortController();

  private constructor(mode: "standalone" | "embedded", daemon: Daemon, env: Env) {
    this.#mode = mode;
    this.#daemon = daemon;
    this.#env = env;
    setMaxListeners(0, this.#closed.signal); // one for each call under way
  }

  /**
   * A client of the standalone daemon that BUILDKIT_HOST names.
   * @throws {ClientError} `BK_NO_DAEMON` without it; {TransportError} `BK_ADDRESS_INVALID` when it is malformed.
   */
  static fromEnv({ env = process.env, tls }: FromEnvOptions = {}): Client {
    const host = env["BUILDKIT_HOST"];
    if (!host) {
      throw new ClientError(
        "BK_NO_DAEMON",
        "BUILDKIT_HOST is not set. Set it to a BuildKit daemon, for example tcp://localhost:1234, or use Client.embedded() for the BuildKit inside Docker",
      );
    }
    const dialer = createDialer(parseAddress(host), { tls, env });
    return new Client("standalone", createDaemon({ dialer }), env);
  }

  /**
   * A client of the BuildKit inside Docker: through the given dialers, or through the Docker of DOCKER_HOST, the
   * current Docker context or the default socket.
   */
  static embedded({ contextDialer, sessionDialer, env = process.env }: EmbeddedOptions = {}): Client {
    if (contextDialer && sessionDialer) {
      return new Client("embedded", createDialedDaemon({ contextDialer, sessionDialer }), env);
    }
    if (contextDialer || sessionDialer) {
      throw new ClientError("BK_OPTIONS_INVALID", "Client.embedded() takes both dialers or neither");
    }
    const daemon = createDockerDaemon({ endpoint: (options) => resolveDockerEndpoint({ env, ...options }) });
    return new Client("embedded", daemon, env);
  }

  /** For what `@bk/solver` asks a daemon beside builds: `diskUsage(client.daemon)`. Ends with `close()`. */
  get daemon(): Daemon {
    return this.#daemon;
  }

  /** The daemon, as errors name it. */
  get endpoint(): string {
    return this.#daemon.endpoint;
  }

  /**
   * Builds an image. Embedded, it goes into Docker's own store; standalone, the client waits until the daemon is
   * ready and loads the image into Docker.
   *
   * @throws {SolverError} `BK_SOLVE_FAILED` with the failing step; `BK_OPTIONS_INVALID`; {ClientError},
   * {SessionError}, {TransportError}; `options.signal.reason`.
   */
  build(options: BuildOptions): Promise<BuildResult> {
    const build = this.#mode === "embedded" ? buildEmbedded : buildStandalone;
    return this.#run(options.signal, (signal) =>
      build({ daemon: this.#daemon, env: this.#env, signal }, options),
    );
  }

  /**
   * Looks for mistakes in a Dockerfile without building it. Of one that cannot be built the result holds the error.
   *
   * @throws as `callFrontend`
   */
  check(options: BuildOptions): Promise<CheckResult> {
    return this.#ask(options, checkBuild);
  }

  /** Lists what a build's target takes: arguments, secrets, SSH agents, caches. @throws as `callFrontend` */
  outline(options: BuildOptions): Promise<OutlineResult> {
    return this.#ask(options, outlineBuild);
  }

  /** Lists the stages of a Dockerfile that can be built. @throws as `callFrontend` */
  listTargets(options: BuildOptions): Promise<TargetsResult> {
    return this.#ask(options, listTargets);
  }

  /**
   * Asks the Dockerfile's frontend another question by its name. Options are those of a build, of which the exports
   * do not matter.
   *
   * @throws as `build`; {SolverError} `BK_UNSUPPORTED` when the frontend does not know the question,
   * `BK_ANSWER_INVALID` when its answer is none.
   */
  callFrontend(name: string, options: BuildOptions): Promise<FrontendAnswer> {
    return this.#ask(options, (daemon, given) => callFrontend(daemon, given, name));
  }

  /** Asks the daemon one thing. @throws {TransportError} at once when it cannot be reached. */
  ping({ signal }: AbortOptions = {}): Promise<void> {
    return this.#run(signal, (joined) => ping(this.#daemon, { signal: joined }));
  }

  /** Waits until the daemon answers. @throws {ClientError} `BK_NOT_READY`; permanent errors at once. */
  waitForReady({ timeoutMs, signal }: WaitOptions = {}): Promise<void> {
    const daemon = this.#daemon;
    return this.#run(signal, (joined) =>
      waitForReady(this.endpoint, (options) => ping(daemon, options), { timeoutMs, signal: joined }),
    );
  }

  /** Ends the builds that run and the connection. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort(new ClientError("BK_CLOSED", "The client was closed"));
    await this.#daemon.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #ask<T>(options: BuildOptions, ask: Ask<T>): Promise<T> {
    const run = this.#mode === "embedded" ? askEmbedded : askStandalone;
    return this.#run(options.signal, (signal) =>
      run({ daemon: this.#daemon, env: this.#env, signal }, options, ask),
    );
  }

  /** Works under the caller's signal and that of `close()`, and holds neither afterwards. */
  async #run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const joined = new AbortController();
    const abort = (reason: unknown) => joined.abort(reason);
    const stopListening = [listenAbort(signal, abort), listenAbort(this.#closed.signal, abort)];
    try {
      joined.signal.throwIfAborted();
      return await work(joined.signal);
    } finally {
      for (const stop of stopListening) stop();
    }
  }
}
