// Which packages are shipped, and what their licences allow.

/** What may be used and passed on with no more than a notice. Anything else is looked at by a person before it comes in. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** The pages in dist/ are made of these, which are development dependencies otherwise. */
const IN_PAGES = new Set(['graphiql', 'react', 'react-dom']);

/**
 * @typedef {{ readonly version?: string, readonly license?: string, readonly dev?: boolean, readonly devOptional?: boolean }} LockedPackage
 * @typedef {{ readonly name: string, readonly version: string, readonly licence: string }} ShippedPackage
 */

/**
 * The packages of an installation without development dependencies, and those that pages are made of, each once.
 *
 * @param {{ readonly packages: Readonly<Record<string, LockedPackage>> }} lockfile package-lock.json, version 3
 * @returns {ShippedPackage[]}
 */
export function shippedPackages({ packages }) {
  const shipped = new Map();
  for (const [path, { version = '', license = 'none', dev, devOptional }] of Object.entries(packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const isShipped = (!dev && !devOptional) || (path === `node_modules/${name}` && IN_PAGES.has(name));
    if (path !== '' && isShipped) shipped.set(`${name}@${version}`, { name, version, licence: license });
  }
  return [...shipped.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Those whose licence is none of the permissive ones. Of several to choose from, one is enough.
 *
 * @param {readonly ShippedPackage[]} packages
 */
export const unwanted = (packages) => packages.filter(({ licence }) => !isPermissive(licence));

/** @param {string} expression of SPDX, in the simple forms that packages use */
function isPermissive(expression) {
  return expression
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => PERMISSIVE.has(licence)));
}
