import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../testing/suite.ts';
import { fixesHeld, fixesIn } from './faults.ts';

const test = suite('known faults of bases');

/** As apt says it: renewed, renewed with what waits for it, new, and what it does afterwards. */
const SAID = `Inst libzstd1 [1.5.7+dfsg-1] (1.5.7+dfsg-1+deb13u1 Debian-Security:13/stable-security [amd64])
Inst libkrb5-3 [1.21.3-5+deb13u1] (1.21.3-5+deb13u2 Debian-Security:13/stable-security [amd64]) []
Inst linux-image-6.12 (6.12.118-1 Debian-Security:13/stable-security [amd64])
Conf libzstd1 (1.5.7+dfsg-1+deb13u1 Debian-Security:13/stable-security [amd64])
`;

test('what apt would renew has a known fault', () => {
  assert.equal(fixesIn(SAID), [
    { name: 'libzstd1', version: '1.5.7+dfsg-1', mended: '1.5.7+dfsg-1+deb13u1' },
    { name: 'libkrb5-3', version: '1.21.3-5+deb13u1', mended: '1.21.3-5+deb13u2' },
  ]);
  assert.equal(fixesIn(''), []);
});

test('an image has those of which it has a library or a program, wherever that is in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-image-'));
  try {
    mkdirSync(join(folder, 'lib/x86_64-linux-gnu'), { recursive: true });
    writeFileSync(join(folder, 'lib/x86_64-linux-gnu/libzstd.so.1'), '');
    const fix = (name: string, ...files: string[]) => ({ name, version: '1', mended: '2', files });
    const all = [
      fix('libzstd1', '/.', '/usr/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu/libzstd.so.1'),
      fix('libkrb5-3', '/.', '/usr/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu/libkrb5.so.3'),
      fix('git', '/usr/bin/git'),
    ];
    assert.equal(
      fixesHeld(all, folder).map(({ name }) => name),
      ['libzstd1'],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
