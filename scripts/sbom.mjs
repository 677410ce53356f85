// npm run sbom: writes the bill of materials of what is shipped, in CycloneDX (https://cyclonedx.org), to sbom.cdx.json or
// where --output says. npm makes it from package-lock.json, without the network.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { shippedPackages } from './licences/packages.mjs';

const { values } = parseArgs({ options: { output: { type: 'string', default: 'sbom.cdx.json' } } });
const root = new URL('..', import.meta.url);
const readJson = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));

// Its own --omit=dev leaves out what a development dependency depends on, too: so all is listed, and chosen here.
const options = ['--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const bill = JSON.parse(
  execFileSync('npm', ['sbom', ...options], { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }),
);

const lockfile = readJson('package-lock.json');
const shipped = new Set(shippedPackages(lockfile).map(({ name, version }) => purlOf(name, version)));
const { component } = bill.metadata;
const isShipped = (/** @type {string} */ purl) => shipped.has(purl);

bill.components = bill.components.filter((/** @type {{ purl: string }} */ { purl }) => isShipped(purl));
const references = new Set([component, ...bill.components].map((each) => each['bom-ref']));
bill.dependencies = bill.dependencies
  .filter((/** @type {{ ref: string }} */ { ref }) => references.has(ref))
  .map((/** @type {{ ref: string, dependsOn: string[] }} */ { ref, dependsOn }) => ({
    ref,
    dependsOn: dependsOn.filter((each) => references.has(each)),
  }));
// npm calls it as its folder is called.
component.name = readJson('package.json').name;

writeFileSync(values.output, `${JSON.stringify(bill, null, 2)}\n`);
console.log(`${values.output}: ${bill.components.length} components, CycloneDX ${bill.specVersion}`);

/**
 * https://github.com/package-url/purl-spec
 *
 * @param {string} name
 * @param {string} version
 */
function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
