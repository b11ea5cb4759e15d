import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { suite } from '../../tools/testing/suite.ts';
import { Precedence } from './precedence.ts';

const test = suite('admin panel: who goes first');

/** Whether a process is stopped, as the system says it. */
const isStopped = (pid: number): boolean =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');

/** Waits for the beginning of a period in which another may have to wait. */
const atPeriod = () => setTimeout(500 - (performance.now() % 500) + 5);

test('another process waits while somebody waits for this one, and is never kept from going on', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const precedence = new Precedence();
  try {
    precedence.begin()();
    precedence.over(other.pid);
    await atPeriod();
    const [first, second] = [precedence.begin(), precedence.begin()];
    assert.ok(isStopped(other.pid!), 'while two wait');
    first();
    first();
    assert.ok(isStopped(other.pid!), 'while one still waits');
    second();
    assert.not.ok(isStopped(other.pid!), 'when nobody waits');
    await atPeriod();
    const endless = precedence.begin();
    assert.ok(isStopped(other.pid!));
    await setTimeout(450);
    assert.not.ok(isStopped(other.pid!), 'when it has waited long enough');
    endless();
    await atPeriod();
    precedence.begin();
    precedence.over(undefined);
    assert.not.ok(isStopped(other.pid!), 'when it is the one to go on');
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  // One that is gone is nobody's trouble.
  precedence.over(other.pid);
  precedence.begin()();
});

test.run();
