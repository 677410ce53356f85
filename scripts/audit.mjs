// Fails where a known vulnerability of level high or above is in package-lock.json. Some registries' mirrors serve no
// audits: then it says so, and is no failure.
import { spawnSync } from 'node:child_process';

const LEVEL = 'high';

const { stdout, status } = spawnSync(
  'npm',
  ['audit', `--audit-level=${LEVEL}`, '--json', ...process.argv.slice(2)],
  {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  },
);
const report = parsed(stdout);

if (report?.vulnerabilities) {
  for (const [name, { severity, range }] of Object.entries(report.vulnerabilities))
    console.log(`${severity}: ${name} ${range}`);
  const count = report.metadata.vulnerabilities.total;
  console.log(count === 0 ? 'No known vulnerabilities.' : `${count} known vulnerabilities in all.`);
  // npm's own verdict: it knows the levels.
  process.exitCode = status ?? 1;
} else if (report?.statusCode >= 400 && report.statusCode < 500) {
  console.log(`The registry serves no audits (it answers ${report.statusCode}): nothing was checked.`);
} else {
  console.log('npm could not ask for an audit:');
  console.log(stdout);
  process.exitCode = 1;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
