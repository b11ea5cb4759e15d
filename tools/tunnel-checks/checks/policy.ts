import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { ECHO, NOTHING, PEOPLE, UNGRANTED, WEB } from '../world/company.ts';
import { certificatesIn } from '../world/delivery.ts';
import { pause, until } from '../world/patience.ts';
import { freshName, isReached, reachedAfter } from './ways.ts';

/** Milliseconds within which a running flow is cut once the file says so. */
const CUT = 1000;

/** What `agent probe` ends with. */
const [REACHED, DENIED, NOT_TRIED, NO_ANSWER] = [0, 1, 2, 3];

/** That policy decides, at each instant. */
export const POLICY: readonly Check[] = [
  {
    name: 'a probe says what is allowed, and why the rest is not',
    async run(world) {
      const [alice, carol] = [await world.person('alice'), await world.person('carol')];
      const managed = await world.agent('bob', { device: { managed: 'true' } });
      const isolated = world.placement.isolated;
      const { hours } = world.company.policies.find(({ id }) => id === 'staff-evening')!.when!;
      const opens = new RegExp(
        `evening.* at this time; it opens at [-\\d]+T${hours!.from}:00Z; ask .*platform`,
      );
      const table = [
        [alice, 'echo', ECHO, REACHED, /./],
        [alice, 'datagrams', ECHO, REACHED, /./],
        [carol, 'echo', ECHO, REACHED, /./],
        [
          carol,
          'web',
          WEB,
          DENIED,
          /web.* no policy ever lets this principal reach it; ask the team platform/,
        ],
        [alice, 'secret', ECHO, DENIED, /secret/],
        [alice, 'web', UNGRANTED, DENIED, /web port 8081 .*not this one now; ask the team platform/],
        [alice, 'evening', WEB, DENIED, opens],
        [alice, 'expired', WEB, DENIED, /expired/],
        [alice, 'device', ECHO, DENIED, /device attribute `managed` is unknown.*; ask the team platform/],
        [managed, 'device', ECHO, REACHED, /./],
        [alice, 'office', ECHO, REACHED, /./],
        [managed, 'office', ECHO, isolated ? DENIED : REACHED, /./],
        [alice, 'nowhere', ECHO, DENIED, /nowhere.* no such service/],
        [alice, 'down', NOTHING, NO_ANSWER, /down.* is allowed, but its backend refuses the connection/],
      ] as const;
      const wrong: string[] = [];
      for (const [agent, service, port, wanted, words] of table) {
        const { status, said } = await agent.probe(service, port);
        if (status !== wanted || (wanted !== REACHED && !words.test(said)))
          wrong.push(`${service}:${port} expected ${wanted} and ${words}, found ${status}: ${said.trim()}`);
      }
      assert.equal(wrong, []);
    },
  },
  {
    name: 'a probe that cannot be tried says so',
    async run(world) {
      const agent = await world.agent('alice', {
        through: { host: world.placement.here, port: 9 },
        tun: false,
      });
      const { status, said, milliseconds } = await agent.probe('echo', ECHO);
      assert.is(status, NOT_TRIED, said);
      assert.ok(milliseconds < 30_000, `${milliseconds} ms`);
    },
  },
  {
    name: 'whoever cannot prove who it is is told so, and lets nothing be tried',
    async run(world) {
      const alice = await world.agent('alice', { tun: false });
      const late = await world.agent('alice', { tun: false, days: -1 });
      const strangers = await certificatesIn(join(world.folder, freshName()));
      const subject = { kind: 'principal', principal: PEOPLE.alice, device: new Map() } as const;
      const stranger = (await strangers.issue(subject)).file;
      const table = [
        [alice.with({ tls: stranger }), /refuses the certificate/],
        [late, /certificate.*(expired|refuses)|refuses the certificate/i],
        [alice.with({ tls: '' }), /certificate-missing/],
        [alice.with({ tls: join(world.folder, 'nowhere.pem') }), /ZTNA_TLS/],
        [alice.with({ config: join(world.folder, 'nowhere.json') }), /ZTNA_CONFIG/],
        [alice.with({ config: alice.spec.tls }), /ZTNA_CONFIG/],
      ] as const;
      for (const [agent, words] of table) {
        const { status, said } = await agent.probe('echo', ECHO);
        assert.is(status, NOT_TRIED, said);
        assert.match(said, words);
      }
    },
  },
  {
    name: 'a certificate that ends while its agent is connected: what is open is cut, and nothing more is let in',
    share: 'prove',
    async run(world) {
      const seconds = 12;
      const end = Date.now() + seconds * 1000;
      const bob = await world.agent('bob', { tun: false, days: seconds / 86_400 });
      const [id, to] = [freshName(), await bob.reach('echo')];
      await reachedAfter(bob, to, 10_000);
      assert.equal(await bob.worker.ask('hold', { id, to, protocol: 'tcp' }), { how: 'open' });
      const ended = await until('it is cut', seconds * 1000 + 3000, async () => {
        const held = await bob.worker.ask('held', { id });
        return held.how === 'open' ? undefined : held;
      });
      assert.is(ended.how, 'reset');
      // A certificate counts to the end of its last second.
      const late = ended.ended! - end;
      assert.ok(late > -1200 && late < 1000 + CUT, `it ended ${late} ms after the certificate`);
      assert.is((await bob.probe('echo', ECHO)).status, NOT_TRIED);
      await bob.stop();
    },
  },
  {
    name: 'what is denied is refused at once, not left to wait',
    placements: ['namespaces', 'containers'],
    async run(world) {
      const carol = await world.person('carol');
      const { equal, how, milliseconds } = await carol.worker.ask('exchange', {
        to: await carol.reach('web'),
        bytes: 1,
      });
      assert.equal([equal, how === 'timeout'], [false, false], how);
      assert.ok(milliseconds < 2000, `${milliseconds} ms, ${how}`);
    },
  },
  {
    name: 'a backend that is down refuses',
    async run(world) {
      const alice = await world.person('alice');
      const { how, milliseconds } = await alice.worker.ask('exchange', {
        to: await alice.reach('down'),
        bytes: 1,
      });
      assert.ok(['ECONNREFUSED', 'reset'].includes(how), how);
      assert.ok(milliseconds < 2000, `${milliseconds} ms`);
    },
  },
  {
    name: 'a window opens and closes while an agent is connected',
    async run(world) {
      const alice = await world.person('alice');
      const to = await alice.reach('window');
      assert.not(await isReached(alice, to, 1));
      const start = new Date(Date.now() + 4000).toISOString();
      const expires = new Date(Date.now() + 9000).toISOString();
      const before = structuredClone(world.company.policies);
      await world.inForce(
        await world.merge(({ policies }) => {
          policies.find(({ id }) => id === 'staff-window')!.when = { start, expires };
        }),
      );
      assert.ok(Date.now() < Date.parse(start), 'the merge took longer than until the window opens');
      await pause(Date.parse(start) - Date.now());
      assert.ok((await reachedAfter(alice, to, 3000)) < 2500);
      const id = freshName();
      assert.equal(await alice.worker.ask('hold', { id, to, protocol: 'tcp' }), { how: 'open' });
      const ended = await until('the window closes', 15_000, async () => {
        const held = await alice.worker.ask('held', { id });
        return held.how === 'open' ? undefined : held;
      });
      assert.is(ended.how, 'reset');
      const late = ended.ended! - Date.parse(expires);
      assert.ok(late > -200 && late < CUT, `it ended ${late} ms after the window`);
      assert.not(await isReached(alice, to, 1));
      await world.inForce(await world.merge((company) => void (company.policies = before)));
    },
  },
  {
    name: 'a merge that takes access away cuts a download within a second, and both ends are told',
    async run(world) {
      const alice = await world.person('alice');
      const { host, port } = await alice.reach('web');
      const before = structuredClone(world.company.policies);
      const asked = alice.worker.ask('download', {
        url: `http://${host}:${port}/slow?seconds=60`,
        seconds: 60,
      });
      await until(
        'the backend has the connection',
        10_000,
        async () => (await world.backendConnections('backend-1', WEB)) > 0 || undefined,
      );
      await pause(1500);
      const merged = await world.merge((company) => {
        company.policies = company.policies.filter(({ id }) => id !== 'staff-web');
      });
      await world.inForce(merged);
      const written = Math.max(...[...world.intermediates.values()].map(({ writtenAt }) => writtenAt));
      const { how, at, bytes } = await asked;
      assert.is(how, 'reset');
      assert.ok(bytes > 0, 'it had begun');
      assert.ok(at - written < CUT, `${Math.round(at - written)} ms after the file`);
      assert.ok(at - merged.at < 3000, `${Math.round(at - merged.at)} ms after the merge`);
      await until(
        'the backend is told',
        CUT,
        async () => (await world.backendConnections('backend-1', WEB)) === 0 || undefined,
      );
      await world.inForce(await world.merge((company) => void (company.policies = before)));
      assert.ok(await isReached(alice, await alice.reach('echo')));
    },
  },
  {
    name: 'a revoked certificate is cut within a second, and lets nobody in until that is taken back',
    async run(world) {
      const bob = await world.agent('bob', { tun: false });
      const to = await bob.reach('echo');
      await reachedAfter(bob, to, 10_000);
      const id = freshName();
      assert.equal(await bob.worker.ask('hold', { id, to, protocol: 'tcp' }), { how: 'open' });
      const fingerprint = world.fingerprintOf(bob);
      const merged = await world.merge((company) => {
        company.revoked = { certificates: [{ fingerprint, reason: 'A stolen laptop', date: '2026-01-01' }] };
      });
      await world.inForce(merged);
      const written = Math.max(...[...world.intermediates.values()].map(({ writtenAt }) => writtenAt));
      const ended = await until('it is cut', 5000, async () => {
        const held = await bob.worker.ask('held', { id });
        return held.how === 'open' ? undefined : held;
      });
      assert.ok(ended.ended! - written < CUT, `${Math.round(ended.ended! - written)} ms after the file`);
      const { status, said } = await bob.probe('echo', ECHO);
      assert.is(status, DENIED, said);
      await world.inForce(await world.merge((company) => void delete company.revoked));
      assert.is((await bob.probe('echo', ECHO)).status, REACHED);
      await bob.stop();
    },
  },
  {
    name: 'where the policy agent is killed, access ends with the lease, and begins again with the agent',
    // It lasts as long as a lease, and depends on no network.
    placements: ['namespaces', 'containers'],
    async run(world) {
      const two = world.intermediates.get('two')!;
      const alice = await world.agent('alice', { only: 'two', tun: false });
      const to = await alice.reach('echo');
      const id = freshName();
      await reachedAfter(alice, to, 10_000);
      assert.equal(await alice.worker.ask('hold', { id, to, protocol: 'tcp' }), { how: 'open' });
      await two.policyAgent.stop('SIGKILL');
      const end = two.leaseEnd;
      await pause(end - Date.now() - 1500);
      assert.is((await alice.worker.ask('held', { id })).how, 'open', 'it lasts as long as the lease');
      await pause(end - Date.now() + CUT);
      const { how, ended } = await alice.worker.ask('held', { id });
      assert.not.equal(how, 'open');
      assert.ok(Math.abs(ended! - end) < CUT, `${ended! - end} ms after the lease`);
      await two.restartPolicyAgent();
      await reachedAfter(alice, to, 10_000);
    },
  },
  {
    name: 'somebody with a certificate and in no group reaches nothing',
    async run(world) {
      const anyone = await world.agent('anyone', { tun: false });
      for (const service of ['echo', 'web', 'office'] as const)
        assert.is((await anyone.probe(service, ECHO)).status, DENIED, `${PEOPLE.anyone} ${service}`);
    },
  },
];
