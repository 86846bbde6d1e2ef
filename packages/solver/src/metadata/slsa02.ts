// SPDX-License-Identifier: Apache-2.0

export type Json = Readonly<Record<string, unknown>>;

/** Must match the daemon: solver/llbsolver/provenance/types of moby/buildkit. */
const BUILD_TYPE = "https://mobyproject.org/buildkit@v1";
const INTERNAL_NAMES: ReadonlySet<string> = new Set(["buildConfig", "builderPlatform", "dockerfileVersion"]);

/** A provenance predicate of SLSA 1 as one of SLSA 0.2, which docker buildx writes into its metadata file. */
export function toSlsa02(predicate: Json): Json {
  const definition = objectAt(predicate, "buildDefinition");
  const details = objectAt(predicate, "runDetails");
  const external = objectAt(definition, "externalParameters");
  const internal = objectAt(definition, "internalParameters");
  const source = objectAt(external, "configSource");
  const { resolvedDependencies } = definition;
  const { builderPlatform: platform, dockerfileVersion, buildConfig } = internal;
  const custom = Object.entries(internal).filter(([name]) => !INTERNAL_NAMES.has(name));
  return withoutUndefined({
    builder: { id: objectAt(details, "builder")["id"] ?? "" },
    buildType: BUILD_TYPE,
    materials: Array.isArray(resolvedDependencies) ? resolvedDependencies.map(toMaterial) : undefined,
    invocation: {
      configSource: withoutUndefined({
        uri: source["uri"],
        digest: source["digest"],
        entryPoint: source["path"],
      }),
      parameters: external["request"],
      environment: withoutUndefined({ platform, dockerfileVersion, ...Object.fromEntries(custom) }),
    },
    buildConfig,
    metadata: isObject(details["metadata"]) ? toMetadata(details["metadata"]) : undefined,
  });
}

function toMaterial(dependency: unknown): Json {
  const { uri, digest } = isObject(dependency) ? dependency : {};
  return withoutUndefined({ uri, digest });
}

function toMetadata(metadata: Json): Json {
  const completeness = objectAt(metadata, "buildkit_completeness");
  return withoutUndefined({
    buildInvocationID: metadata["invocationID"] ?? metadata["invocationId"],
    buildStartedOn: metadata["startedOn"],
    buildFinishedOn: metadata["finishedOn"],
    completeness: {
      parameters: completeness["request"] === true,
      environment: true,
      materials: completeness["resolvedDependencies"] === true,
    },
    reproducible: metadata["buildkit_reproducible"] === true,
    "https://mobyproject.org/buildkit@v1#metadata": metadata["buildkit_metadata"] ?? {},
    "https://mobyproject.org/buildkit@v1#hermetic": metadata["buildkit_hermetic"],
  });
}

function objectAt(value: Json, name: string): Json {
  const inner = value[name];
  return isObject(inner) ? inner : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutUndefined(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
