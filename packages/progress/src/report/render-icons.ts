// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "./html.js";
import type { ReportPhase } from "./report-data.js";

export type IconName = ReportPhase | "critical" | "warning" | "chevron" | "close";

/** Every icon, for `use` elements. They differ in shape, so that nothing is told by colour alone. */
export function renderIcons(): Html {
  return html`<svg class="icons" width="0" height="0" aria-hidden="true">
<symbol id="icon-ran" viewBox="0 0 16 16"><path d="M3.5 8.5 6.5 11.5 12.5 4.5"/></symbol>
<symbol id="icon-cached" viewBox="0 0 16 16"><path d="M2.5 5.5 8 3 13.5 5.5 8 8ZM2.5 8.2 8 10.7 13.5 8.2M2.5 10.9 8 13.4 13.5 10.9"/></symbol>
<symbol id="icon-failed" viewBox="0 0 16 16"><path d="M4 4 12 12M12 4 4 12"/></symbol>
<symbol id="icon-canceled" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5"/><path d="M4.2 11.8 11.8 4.2"/></symbol>
<symbol id="icon-unfinished" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5"/><path d="M8 5V8.2L10.2 9.6"/></symbol>
<symbol id="icon-pending" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.12"/></symbol>
<symbol id="icon-critical" viewBox="0 0 16 16"><path class="solid" d="M8 2.5 13 8 8 13.5 3 8Z"/></symbol>
<symbol id="icon-warning" viewBox="0 0 16 16"><path d="M8 2.5 14.3 13.5H1.7ZM8 6.5V9.7M8 11.3V11.9"/></symbol>
<symbol id="icon-chevron" viewBox="0 0 16 16"><path d="M6 4 10 8 6 12"/></symbol>
<symbol id="icon-close" viewBox="0 0 16 16"><path d="M4 4 12 12M12 4 4 12"/></symbol>
</svg>`;
}

export function renderIcon(name: IconName): Html {
  return html`<svg class="icon icon-${name}" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}
