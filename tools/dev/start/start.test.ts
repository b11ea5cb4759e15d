import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { builtPrograms, filesBelow, processesOf, save, writeScene } from './scene.ts';
import { hasTmux, Terminal } from './terminal.ts';

// slow: it starts the data plane
const test = suite('npm start, played in a terminal');
const CLI = fileURLToPath(new URL('../../../bin/ztna.js', import.meta.url));
const built = builtPrograms();

if (built !== undefined && hasTmux())
  test('an edit opens a path, reverting it cuts it, and Ctrl-C leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ztna-play-'));
    const [root, temporary] = [join(folder, 'company'), join(folder, 'tmp')];
    [root, temporary].forEach((one) => mkdirSync(one));
    await writeScene(root, built);
    const before = filesBelow(root);
    const terminal = new Terminal(`ztna-play-${process.pid}`, root, [process.execPath, CLI, 'start'], {
      TMPDIR: temporary,
    });
    try {
      await terminal.shows(/● wiki tcp\/443\s+reached/);
      await terminal.shows(/● names udp\/53\s+reached/);
      await terminal.shows(/● files tcp\/8443\s+denied: .*ask the team platform/);

      save(root, true);
      await terminal.shows(
        /files tcp\/8443: denied, now reached, first answered packet \d+ ms after the files were saved/,
      );
      await terminal.shows(/● files tcp\/8443\s+reached/);

      save(root, false);
      await terminal.shows(
        /files tcp\/8443: reached, now denied, first refused packet \d+ ms after the files were saved/,
      );
      await terminal.shows(/● files tcp\/8443\s+denied/);
      await terminal.shows(/after a save: first answered packet \d+ ms, first refused packet \d+ ms/);

      terminal.press('C-c');
      assert.is(await terminal.ended(), 0, terminal.screen());
    } finally {
      terminal.close();
    }
    assert.equal(processesOf(root), [], 'no process is left');
    assert.equal(filesBelow(root), before, 'no file is left outside .ztna');
    assert.equal(readdirSync(temporary), [], 'nor where temporary files are');
    rmSync(folder, { recursive: true, force: true });
  });
else
  test.skip(
    'an edit opens a path, reverting it cuts it, and Ctrl-C leaves nothing behind',
    built === undefined ? 'the data plane is not built here (cargo build)' : 'tmux is not installed here',
  );

test.run();
