// SPDX-License-Identifier: Apache-2.0
import { invalidAddress } from "./invalid-address.js";

/** A container, or a pod's container, in which `buildctl dial-stdio` leads to the daemon. */
export type ContainerAddress =
  | {
      readonly kind: "docker-container";
      readonly name: string;
      /** Of the docker CLI; default the current one. */
      readonly context?: string | undefined;
    }
  | { readonly kind: "podman-container"; readonly name: string }
  | {
      readonly kind: "nerdctl-container";
      readonly name: string;
      /** Of containerd. */
      readonly namespace?: string | undefined;
    }
  | {
      readonly kind: "kube-pod";
      readonly name: string;
      /** Of the kubeconfig; default the current one. */
      readonly context?: string | undefined;
      readonly namespace?: string | undefined;
      readonly container?: string | undefined;
    };

interface Rule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  /** Completes "is not". */
  readonly allowed: string;
}

const nameRule: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
  maxLength: 255,
  allowed: "a letter or digit and then letters, digits and _.-",
};
const labelRule: Rule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
  maxLength: 63,
  allowed: "made of a-z, 0-9 and inner -, 63 at most, as Kubernetes demands",
};
const podRule: Rule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  maxLength: 253,
  allowed: "made of a-z, 0-9, inner - and ., 253 at most, as Kubernetes demands",
};
/** Kubernetes' contexts are named freely, after clusters' URLs for example; kubectl gets them as `--context=`. */
const contextRule: Rule = {
  pattern: /^\P{Cc}+$/u,
  maxLength: 253,
  allowed: "253 printable characters at most",
};

/** The rule for the name, and for each option. */
const schemes = {
  "docker-container": { name: nameRule, options: { context: contextRule } },
  "podman-container": { name: nameRule, options: {} },
  "nerdctl-container": { name: nameRule, options: { namespace: nameRule } },
  "kube-pod": {
    name: podRule,
    options: { context: contextRule, namespace: labelRule, container: labelRule },
  },
} as const satisfies Record<
  ContainerAddress["kind"],
  { readonly name: Rule; readonly options: Readonly<Record<string, Rule>> }
>;

export function isContainerScheme(scheme: string): scheme is ContainerAddress["kind"] {
  return Object.hasOwn(schemes, scheme);
}

/**
 * Reads `name[?option=value&...]`. Must match the grammar of moby/buildkit: client/connhelper; stricter in what
 * a name may be, since names become arguments of programs. An empty option is the same as none.
 */
export function parseContainerAddress(
  text: string,
  kind: ContainerAddress["kind"],
  rest: string,
): ContainerAddress {
  const match = /^([^/?#]*)\/?(?:\?([^#]*))?$/.exec(rest);
  if (match === null) throw invalidAddress(text, "something other than options follows the name");
  const [, name = "", query = ""] = match;
  if (name === "") throw invalidAddress(text, "the name is missing");
  const rules = schemes[kind];
  check(text, "name", name, rules.name);
  const options: Record<string, string> = {};
  for (const [option, value] of new URLSearchParams(query)) {
    const rule = Object.entries<Rule>(rules.options).find(([known]) => known === option)?.[1];
    if (rule === undefined) throw invalidAddress(text, `the option "${option}" is unknown`);
    if (option in options) throw invalidAddress(text, `the option "${option}" is there twice`);
    if (value === "") continue;
    check(text, option, value, rule);
    options[option] = value;
  }
  return { kind, name, ...options };
}

export function formatContainerAddress({ kind, name, ...options }: ContainerAddress): string {
  const query = Object.entries<string | undefined>(options)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => `${option}=${encodeQueryValue(value ?? "")}`)
    .join("&");
  return `${kind}://${name}${query === "" ? "" : `?${query}`}`;
}

/** As people write it: what has no meaning in a query stays. */
function encodeQueryValue(value: string): string {
  return encodeURIComponent(value).replace(/%(?:3A|2F|40)/g, decodeURIComponent);
}

function check(text: string, what: string, value: string, { pattern, maxLength, allowed }: Rule): void {
  if (value.length <= maxLength && pattern.test(value)) return;
  throw invalidAddress(text, `the ${what} ${JSON.stringify(value.slice(0, 64))} is not ${allowed}`);
}
