import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../machine/child.mjs';
import { Figures } from '../report/figures.mjs';

/** @type {import('./case.mjs').Case} */
export const install = {
  name: 'install',
  title: 'what the packages of a production install take, as the image has them',
  onRequest: true,
  async run() {
    const figures = new Figures(install.name);
    const folder = await mkdtemp(join(tmpdir(), 'keystream-install-'));
    try {
      for (const name of ['package.json', 'package-lock.json', '.npmrc'])
        await copyFile(projectFile(name), join(folder, name));
      execFileSync('npm', ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts'], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const said = execFileSync('du', ['-sk', join(folder, 'node_modules')], { encoding: 'utf8' });
      figures.add({ subject: 'Keystream', measure: 'MB', value: parseInt(said, 10) / 1_024, goal: '< 300' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return figures.rows();
  },
};
