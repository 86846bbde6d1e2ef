// SPDX-License-Identifier: Apache-2.0

interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

type Child = Node | string | undefined;

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes; undefined and false leave one out. Strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: readonly Node[]): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

export function icon(name: string): SVGElement {
  return svg(
    "svg",
    { class: `icon icon-${name}`, "aria-hidden": "true" },
    svg("use", { href: `#icon-${name}` }),
  );
}

/** Text for those who hear the page. */
export function hiddenText(text: string): HTMLElement {
  return element("span", { class: "unseen" }, text);
}

/** An element that the page was written with. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}`);
  return found as T;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      target.setAttribute(name, value === true ? "" : String(value));
  }
}
