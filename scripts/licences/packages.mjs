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

/** GraphiQL's page is made of the files that these publish for pages, by the folders that they are installed in. */
const IN_GRAPHIQL = ['graphiql', 'react-18', 'react-dom-18'];

/** The console is built from these and all that they depend on. */
const IN_CONSOLE = [
  ...['@apollo/client', '@mantine/charts', '@mantine/core', '@mantine/hooks', 'graphql', 'graphql-ws'],
  ...[
    'lucide-react',
    'oidc-client-ts',
    'react',
    'react-dom',
    'mdast-util-from-markdown',
    'recharts',
    'mdast-util-gfm',
  ],
  ...['copy-to-clipboard', 'use-intl', 'wouter'],
];

/**
 * @typedef {{
 *   readonly name?: string,
 *   readonly version?: string,
 *   readonly license?: string,
 *   readonly dev?: boolean,
 *   readonly devOptional?: boolean,
 *   readonly dependencies?: Readonly<Record<string, string>>,
 *   readonly peerDependencies?: Readonly<Record<string, string>>,
 *   readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>,
 * }} LockedPackage
 * @typedef {Readonly<Record<string, LockedPackage>>} LockedPackages by the folders that they are installed in
 * @typedef {{ readonly name: string, readonly version: string, readonly licence: string }} ShippedPackage
 */

/**
 * The packages of an installation without development dependencies, and those that pages are made of, each once. Of the
 * latter most are development dependencies otherwise.
 *
 * @param {{ readonly packages: LockedPackages }} lockfile package-lock.json, version 3
 * @returns {ShippedPackage[]}
 */
export function shippedPackages({ packages }) {
  const inPages = foldersOfPages(packages);
  const shipped = new Map();
  for (const [folder, { name = nameIn(folder), version = '', license = 'none', ...kind }] of Object.entries(
    packages,
  )) {
    const isShipped = (!kind.dev && !kind.devOptional) || inPages.has(folder);
    if (folder !== '' && isShipped) shipped.set(`${name}@${version}`, { name, version, licence: license });
  }
  return [...shipped.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param {LockedPackages} packages */
function foldersOfPages(packages) {
  const inGraphiQL = IN_GRAPHIQL.flatMap((name) => folderOf(name, '', packages));
  const found = new Set(IN_CONSOLE.flatMap((name) => folderOf(name, '', packages)));
  // A set hands out what is added while it is gone through.
  for (const folder of found)
    for (const name of neededBy(packages[folder] ?? {}))
      for (const needed of folderOf(name, folder, packages)) found.add(needed);
  return new Set([...inGraphiQL, ...found]);
}

/**
 * The names of what it cannot do without.
 *
 * @param {LockedPackage} locked
 */
function neededBy({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...peers];
}

/**
 * Where Node finds a package, seen from another one's folder: in it, or in the nearest folder above.
 *
 * @param {string} name
 * @param {string} from
 * @param {LockedPackages} packages
 * @returns {string[]} one, or none where it is not installed
 */
function folderOf(name, from, packages) {
  const folder = `${from && `${from}/`}node_modules/${name}`;
  if (folder in packages) return [folder];
  if (from === '') return [];
  return folderOf(name, from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), packages);
}

/** @param {string} folder */
const nameIn = (folder) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

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
