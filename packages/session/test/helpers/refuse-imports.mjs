// SPDX-License-Identifier: Apache-2.0
// Hooks of Node's module loader: what a session needs only now and then is refused.
const SELDOM_NEEDED = /^(?:@bk\/proto|@bufbuild|@connectrpc|re2js)(?:\/|$)/;

export async function resolve(specifier, context, nextResolve) {
  if (SELDOM_NEEDED.test(specifier)) throw new Error(`${context.parentURL} imports ${specifier}`);
  return nextResolve(specifier, context);
}
