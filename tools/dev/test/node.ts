/**
 * `npm run test:node -- 22`: `npm run test:fast` under another version of Node, which npm's package `node` brings into
 * a temporary folder. Several versions may be named.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end } from '../end.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const versions = process.argv.slice(2);
if (versions.length === 0 || !versions.every((version) => /^\d+(\.\d+){0,2}$/.test(version)))
  end('which versions of Node? such as: npm run test:node -- 22 24');

/** @returns the status with which the tests ended */
function testUnder(version: string): number {
  const folder = mkdtempSync(join(tmpdir(), `ztna-node-${version}-`));
  try {
    // The package's script puts the program in place: it is what the package is for.
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ private: true, allowScripts: { node: true } }),
    );
    const words = ['install', '--no-audit', '--no-fund', `node@${version}`];
    const installed = spawnSync('npm', words, { cwd: folder, stdio: 'ignore' });
    if (installed.status !== 0)
      end(`npm has no package node@${version} here: name a version that it has, such as 22`);
    const path = `${join(folder, 'node_modules/node/bin')}${delimiter}${process.env['PATH']}`;
    const env = { ...process.env, PATH: path };
    const run = spawnSync('node', ['--import', 'tsx', 'tools/dev/test/test.ts', '--fast'], {
      cwd: root,
      env,
      stdio: 'inherit',
    });
    return run.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const version of versions) {
  console.log(`# Node ${version}`);
  if (testUnder(version) !== 0) process.exitCode = 1;
}
