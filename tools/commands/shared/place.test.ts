import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../../contract/fault.ts';
import { startGithub } from '../../github/testing/server.ts';
import { proxyFor } from '../../github/connection/proxy.ts';
import { suite } from '../../testing/suite.ts';
import type { Context } from './command.ts';
import { connectNamed, pageOfRun } from './github.ts';
import { apiOf, hostOf } from './place.ts';

// slow: it starts processes
const test = suite('commands: where GitHub is, and the way there');

/** A folder of git, with or without a remote. */
function clone(origin?: string): string {
  const root = mkdtempSync(join(tmpdir(), 'ztna-place-'));
  execFileSync('git', ['init', '-q', root], { cwd: root });
  if (origin) execFileSync('git', ['remote', 'add', 'origin', origin], { cwd: root });
  return root;
}

async function apiFor(origin: string | undefined, env: Record<string, string> = {}): Promise<string> {
  const root = clone(origin);
  try {
    return (await apiOf({ root, env })) ?? 'the public one';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.remedy;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('a token is sent to the public GitHub, or where somebody says', async () => {
  const asked = { GITHUB_API_URL: 'https://git.corp.example/api/v3' };
  assert.is(await apiFor('https://git.corp.example/a/b.git', asked), asked.GITHUB_API_URL);
  for (const one of [undefined, 'git@github.com:example/access.git', '/srv/access.git', 'git@work:a/b.git'])
    assert.is(await apiFor(one), 'the public one', one);
  assert.match(
    await apiFor('git@git.corp.example:a/b.git'),
    /^set GITHUB_API_URL to https:\/\/git\.corp\.example\/api\/v3, or/,
  );
  assert.match(
    await apiFor('https://corp.ghe.com/a/b'),
    /^set GITHUB_API_URL to https:\/\/api\.corp\.ghe\.com/,
  );
});

test('the host of a remote', () => {
  const hosts: [string, string | undefined][] = [
    ['https://someone:secret@github.com/a/b.git', 'github.com'],
    ['ssh://git@ssh.github.com:443/a/b.git', 'ssh.github.com'],
    ['git@Git.Corp.Example:a/b.git', 'git.corp.example'],
    ['../access.git', undefined],
    ['file:///srv/access.git', undefined],
    ['http://127.0.0.1:3000/a/b.git', undefined],
  ];
  for (const [url, host] of hosts) assert.is(hostOf(url), host, url);
});

/** A proxy that opens tunnels, and counts them. */
async function startProxy(): Promise<{ server: Server; url: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', ({ url }, socket) => {
    tunnels.push(url!);
    const [host, port] = url!.split(':');
    const there = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    for (const one of [there, socket]) one.on('error', () => (there.destroy(), socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels };
}

test('GitHub is asked through the proxy that the environment names, but for what it leaves out', async () => {
  const github = await startGithub();
  const proxy = await startProxy();
  const ask = async (env: Record<string, string>): Promise<number> => {
    const context = {
      root: tmpdir(),
      env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, ...env },
      signal: new AbortController().signal,
    } as unknown as Context;
    const connection = await connectNamed('example/access', context);
    const { data } = await connection.ask('read the repository', (octokit) =>
      octokit.repos.get(connection.repository),
    );
    assert.is(data.name, 'access');
    return proxy.tunnels.length;
  };
  try {
    assert.is(await ask({}), 0);
    assert.is(await ask({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }), 0);
    assert.is(await ask({ HTTPS_PROXY: proxy.url }), 0);
    assert.is(await ask({ http_proxy: proxy.url }), 1);
    assert.is(proxy.tunnels[0], new URL(github.url).host);
  } finally {
    await github.close();
    proxy.server.closeAllConnections();
    proxy.server.close();
  }
});

test('which addresses are reached without the proxy', () => {
  const proxy = 'http://proxy.example:3128';
  const asked = (HTTPS_PROXY: string, NO_PROXY: string): string | undefined =>
    proxyFor('https://api.corp.example', { HTTPS_PROXY, NO_PROXY });
  for (const out of ['*', 'corp.example', '.corp.example', '*.corp.example', 'a.b, api.corp.example:443'])
    assert.is(asked(proxy, out), undefined, out);
  for (const out of ['', 'orp.example', 'api.corp.example:8443', 'x.api.corp.example'])
    assert.is(asked(proxy, out), proxy, out);
  assert.is(asked('', ''), undefined);
});

test('a run of another server has its page there', async () => {
  const context = { root: '', env: { GITHUB_SERVER_URL: 'https://git.corp.example', GITHUB_RUN_ID: '9' } };
  const connection = { repository: { owner: 'a_corp', repo: 'b' } } as never;
  assert.is(pageOfRun(context as never, connection), 'https://git.corp.example/a_corp/b/actions/runs/9');
});

test.run();
