import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Connection } from '../../../tools/github/connection/connection.ts';
import { startGithub } from '../../../tools/github/testing/server.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { holdsIn } from '../model/entries.ts';
import type { EnvironmentView } from '../model/view.ts';
import { Approvals } from './approvals.ts';
import type { PublishedRepositories } from './repositories.ts';

// slow: git runs
const test = suite('admin panel: who approved, and what releases a hold');

/** Milliseconds in which anything answers. */
const PATIENT = 60_000;

test('reviews of the pull request say who approved, trailers of the commit where nobody else does; GitHub away is no answer', async () => {
  const root = mkdtempSync(join(tmpdir(), 'approvals-'));
  const git = (...words: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...words], {
      ...{ cwd: root, encoding: 'utf8' },
    }).trim();
  git('init', '-q', '-b', 'main');
  const github = await startGithub();
  try {
    const message =
      'Somebody joins (#12)\n\nReviewed-by: Sam <sam@example.com>\nReviewed-by: Sam <sam@example.com>';
    git('commit', '-q', '--allow-empty', '-m', message);
    const commit = git('rev-parse', 'HEAD');
    const review = (login: string, state: string, of = 'a'.repeat(40)) => ({ login, state, commit: of });
    github.state.pulls.push({
      ...{ number: 12, title: 'Somebody joins', body: '', state: 'closed', author: 'ann', merged: commit },
      ...{
        head: { ref: 'join', sha: 'a'.repeat(40) },
        base: { ref: 'main', sha: 'b'.repeat(40) },
        commits: [],
      },
      reviews: [
        review('Zoe', 'APPROVED'),
        review('bob', 'APPROVED'),
        review('bob', 'CHANGES_REQUESTED'),
        review('eve', 'APPROVED', 'c'.repeat(40)),
      ],
    });
    const signal = new AbortController().signal;
    const connection = new Connection({
      ...{ token: github.token, repository: 'example/access', url: github.url, signal },
    });
    const url = 'https://github.com/example/access/pull/12';
    assert.equal(await new Approvals(root, connection, PATIENT).of(commit), {
      approvedBy: ['zoe'],
      pull: { number: 12, url },
    });
    assert.equal(await new Approvals(root, undefined, PATIENT).of(commit), { approvedBy: ['Sam'] });
    assert.equal(github.faults, []);
    // What is not known is not that nobody approved it; it is asked again.
    const approvals = new Approvals(root, connection, PATIENT);
    github.troubles.push({ operation: '*', kind: 404 });
    assert.is(await approvals.of(commit), undefined);
    assert.is((await approvals.of(commit))!.approvedBy.length, 1);
  } finally {
    await github.close();
    rmSync(root, { recursive: true, force: true });
  }
});

test('the command that releases a hold is whole but for the reason, for each kind of store', async () => {
  // Of an earlier epoch, so that what it holds back is not looked for.
  const hold = { undone: 4, kept: 3, epoch: 1, reason: 'INC-7', since: '2026-06-01T12:00:00Z' };
  const view = {
    environment: { id: 'live' },
    store: { observed: { newest: { entry: { epoch: 2, holds: [hold] } } } },
  } as unknown as EnvironmentView;
  const published = {} as PublishedRepositories;
  for (const [kind, flags] of [
    ['embedded', /^npx ztna release --env live --hold 1\/4 --reason "\.\.\." --execute$/],
    ['aws', / --store aws --key kms:alias\/ztna-live-signing --reason "\.\.\." --execute$/],
  ] as const) {
    const { holds } = await holdsIn(view, published, kind);
    assert.match(holds[0]!.command, flags);
  }
});

test.run();
