// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import type { CacheExportOptions, CacheImportOptions } from "../../../src/options/cache-options.js";
import { resolveSolveOptions } from "../../../src/options/solve-options.js";
import { createSolveRequest } from "../../../src/options/solve-request.js";

type Env = Readonly<Record<string, string>>;

/** The caches as they stand in the request. */
function request(
  caches: {
    readonly cacheFrom?: readonly CacheImportOptions[];
    readonly cacheTo?: readonly CacheExportOptions[];
    readonly buildArgs?: Readonly<Record<string, string>>;
  },
  env: Env = {},
) {
  const options = resolveSolveOptions({ contextDir: ".", ...caches }, env);
  return createSolveRequest(options, { ref: "r", sessionId: "s" });
}

function exported(cache: CacheExportOptions, env: Env = {}): unknown {
  return request({ cacheTo: [cache] }, env).cache?.exports?.[0];
}

function imported(cache: CacheImportOptions, env: Env = {}): unknown {
  return request({ cacheFrom: [cache] }, env).cache?.imports?.[0];
}

describe("caches in the request", () => {
  test("to read are told to the frontend too, in Go's JSON", () => {
    const { cache, frontendAttrs } = request({
      cacheFrom: [
        { type: "registry", ref: "localhost:5000/app:cache" },
        { type: "gha", token: "t", url: "https://cache.example" },
      ],
    });

    expect(cache?.imports).toHaveLength(2);
    expect(JSON.parse(frontendAttrs?.["cache-imports"] ?? "")).toEqual([
      { Type: "registry", Attrs: { ref: "localhost:5000/app:cache" } },
      { Type: "gha", Attrs: { token: "t", url: "https://cache.example" } },
    ]);
  });

  test("are not mentioned when there are none", () => {
    expect(request({}).frontendAttrs).not.toHaveProperty("cache-imports");
    expect(request({}).cache).toEqual({ imports: [], exports: [] });
  });

  test.each(["1", "true", "T"])("include an inline one for BUILDKIT_INLINE_CACHE=%s", (value) => {
    const buildArgs = { BUILDKIT_INLINE_CACHE: value };
    const inline = [{ type: "inline", attrs: {} }];
    expect(request({ buildArgs }).cache?.exports).toEqual(inline);
    expect(request({ buildArgs, cacheTo: [{ type: "inline" }] }).cache?.exports).toEqual(inline);
    expect(request({ buildArgs: { BUILDKIT_INLINE_CACHE: "0" } }).cache?.exports).toEqual([]);
  });
});

describe("a registry cache", () => {
  test("has every attribute of the daemon's, by the daemon's names", () => {
    const cache = {
      type: "registry",
      ref: "localhost:5000/app:cache",
      mode: "max",
      ignoreError: true,
      insecureRegistry: true,
      imageManifest: true,
      ociMediaTypes: false,
      compression: "estargz",
      compressionLevel: 9,
      forceCompression: true,
    } as const;
    expect(exported(cache)).toEqual({
      type: "registry",
      attrs: {
        ref: "localhost:5000/app:cache",
        mode: "max",
        "ignore-error": "true",
        "registry.insecure": "true",
        "image-manifest": "true",
        "oci-mediatypes": "false",
        compression: "estargz",
        "compression-level": "9",
        "force-compression": "true",
      },
    });
  });

  test.each([
    [{ ref: "Not A Name" }, "cacheFrom[0].ref", "not a valid image name"],
    [{}, "cacheFrom[0].ref", "needs a ref"],
    [{ ref: "app", mode: "max" }, "cacheFrom[0].mode", 'no option "mode"'],
  ])("to read refuses %j", (options, option, shown) => {
    const resolving = () => imported({ type: "registry", ...options } as CacheImportOptions);
    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });
});

describe("an s3 cache", () => {
  const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key", AWS_SESSION_TOKEN: "token" };

  test("has every attribute of the daemon's, by the daemon's names", () => {
    const cache = {
      type: "s3",
      bucket: "b",
      region: "r",
      prefix: "p/",
      blobsPrefix: "blobs/",
      manifestsPrefix: "manifests/",
      name: ["main", "pr-1"],
      endpointUrl: "https://s3.example",
      usePathStyle: true,
      accessKeyId: "id",
      secretAccessKey: "key",
      sessionToken: "token",
      touchRefreshMs: 3_600_000,
      uploadParallelism: 8,
      disableAcceptEncoding: true,
      retryMode: "adaptive",
      retryMaxAttempts: 5,
      mode: "max",
      ignoreError: false,
    } as const;
    expect(exported(cache)).toEqual({
      type: "s3",
      attrs: {
        bucket: "b",
        region: "r",
        prefix: "p/",
        blobs_prefix: "blobs/",
        manifests_prefix: "manifests/",
        name: "main;pr-1",
        endpoint_url: "https://s3.example",
        use_path_style: "true",
        access_key_id: "id",
        secret_access_key: "key",
        session_token: "token",
        touch_refresh: "3600000ms",
        upload_parallelism: "8",
        disable_accept_encoding: "true",
        retry_mode: "adaptive",
        retry_max_attempts: "5",
        mode: "max",
        "ignore-error": "false",
      },
    });
  });

  test("takes the keys of the environment, all or none", () => {
    expect(imported({ type: "s3", bucket: "b" }, keys)).toEqual({
      type: "s3",
      attrs: { bucket: "b", access_key_id: "id", secret_access_key: "key", session_token: "token" },
    });
    const own = { accessKeyId: "mine", secretAccessKey: "my-key" };
    expect(imported({ type: "s3", ...own }, keys)).toEqual({
      type: "s3",
      attrs: { access_key_id: "mine", secret_access_key: "my-key" },
    });
    expect(imported({ type: "s3" }, { AWS_ACCESS_KEY_ID: "id" })).toEqual({ type: "s3", attrs: {} });
  });

  test("takes attributes as the daemon spells them", () => {
    const attrs = { bucket: "b", touch_refresh: "24h", name: "a;b" };
    expect(imported({ type: "s3", attrs })).toEqual({ type: "s3", attrs });
  });

  test.each([
    [{ accessKeyId: "id-of-ada" }, "cacheFrom[0].secretAccessKey", "needs both"],
    [
      { attrs: { secret_acces_key: "id-of-ada" } },
      "cacheFrom[0].attrs.secret_acces_key",
      "secret_access_key",
    ],
    [{ secretAccessKey: 12345 }, "cacheFrom[0].secretAccessKey", "not number"],
    [{ retryMode: "never" }, "cacheFrom[0].retryMode", "standard or adaptive"],
    [{ attrs: { touch_refresh: "soon" } }, "cacheFrom[0].attrs.touch_refresh", "not a duration"],
  ])("refuses %j, and shows no secret", (options, option, shown) => {
    const resolving = () => imported({ type: "s3", ...options } as CacheImportOptions);
    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
    expect(resolving).not.toThrow(/id-of-ada|12345/);
  });
});

describe("an azblob cache", () => {
  test("has every attribute of the daemon's, by the daemon's names", () => {
    const cache = {
      type: "azblob",
      accountUrl: "https://a.blob.core.windows.net",
      accountName: "a",
      secretAccessKey: "key",
      container: "c",
      prefix: "p",
      blobsPrefix: "blobs",
      manifestsPrefix: "manifests",
      name: "n",
      mode: "min",
      ignoreError: true,
    } as const;
    expect(exported(cache)).toEqual({
      type: "azblob",
      attrs: {
        account_url: "https://a.blob.core.windows.net",
        account_name: "a",
        secret_access_key: "key",
        container: "c",
        prefix: "p",
        blobs_prefix: "blobs",
        manifests_prefix: "manifests",
        name: "n",
        mode: "min",
        "ignore-error": "true",
      },
    });
  });
});

describe("a gha cache", () => {
  test("has every attribute of the daemon's, by the daemon's names", () => {
    const cache = {
      type: "gha",
      scope: "main",
      url: "https://one.example",
      urlV2: "https://two.example",
      token: "t",
      version: "2",
      repository: "me/app",
      githubToken: "g",
      timeoutMs: 60_000,
      mode: "max",
      ignoreError: true,
    } as const;
    expect(exported(cache)).toEqual({
      type: "gha",
      attrs: {
        scope: "main",
        url: "https://one.example",
        url_v2: "https://two.example",
        token: "t",
        version: "2",
        repository: "me/app",
        ghtoken: "g",
        timeout: "60000ms",
        mode: "max",
        "ignore-error": "true",
      },
    });
  });

  const old = { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_CACHE_URL: "https://one.example" };
  const results = { ACTIONS_RESULTS_URL: "https://two.example" };
  const second = { ACTIONS_CACHE_SERVICE_V2: "True" };

  test.each<[string, Env, object]>([
    ["the first service", old, { token: "t", url: "https://one.example" }],
    [
      "the second",
      { ...old, ...results, ...second },
      { token: "t", url: "https://one.example", url_v2: "https://two.example" },
    ],
    [
      "the URL that there is",
      { ACTIONS_RUNTIME_TOKEN: "t", ...results },
      { token: "t", url: "https://two.example" },
    ],
  ])("finds %s in the environment", (_, env, attrs) => {
    expect(imported({ type: "gha" }, env)).toEqual({ type: "gha", attrs });
  });

  test("keeps what it was told", () => {
    const cache = { type: "gha", token: "mine", urlV2: "https://mine.example" } as const;
    expect(imported(cache, { ...old, ...second, ...results })).toMatchObject({
      attrs: { token: "mine", url_v2: "https://mine.example" },
    });
  });

  test.each<[Env, string, string]>([
    [{}, "cacheTo[0].token", "ACTIONS_RUNTIME_TOKEN is not set"],
    [{ ACTIONS_RUNTIME_TOKEN: "t" }, "cacheTo[0].url", "ACTIONS_RESULTS_URL is not set"],
  ])("is refused where there is none, with %j", (env, option, shown) => {
    const resolving = () => exported({ type: "gha" }, env);
    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });
});

describe("a local cache", () => {
  test("has every attribute of the daemon's, by the daemon's names", () => {
    const cache = {
      type: "local",
      dest: "/tmp/cache",
      tag: "main",
      reset: true,
      mode: "max",
      ignoreError: true,
      imageManifest: true,
      ociMediaTypes: true,
      compression: "gzip",
      compressionLevel: 1,
      forceCompression: false,
    } as const;
    expect(exported(cache)).toEqual({
      type: "local",
      attrs: {
        dest: "/tmp/cache",
        tag: "main",
        reset: "true",
        mode: "max",
        "ignore-error": "true",
        "image-manifest": "true",
        "oci-mediatypes": "true",
        compression: "gzip",
        "compression-level": "1",
        "force-compression": "false",
      },
    });
  });
});

describe("caches", () => {
  test.each([
    [{ cacheTo: [{ type: "regsitry", ref: "x" }] }, "cacheTo[0].type", "did you mean registry?"],
    [{ cacheFrom: [{ type: "inline" }] }, "cacheFrom[0].type", "There are registry, local"],
    [{ cacheTo: [{ type: "inline", mode: "max" }] }, "cacheTo[0].mode", 'no option "mode"'],
    [{ cacheTo: [{ type: "local" }] }, "cacheTo[0].dest", "dest"],
    [{ cacheFrom: [{ type: "local", src: "x", digest: "abc" }] }, "cacheFrom[0].digest", "no digest"],
  ])("refuse %j", (caches, option, shown) => {
    const resolving = () => request(caches as Parameters<typeof request>[0]);
    expect(resolving).toThrow(expect.objectContaining({ code: "BK_OPTIONS_INVALID", option }));
    expect(resolving).toThrow(shown);
  });
});
