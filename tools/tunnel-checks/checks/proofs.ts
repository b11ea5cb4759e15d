import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { AccessTest, Policy } from '../../contract/shapes.ts';
import type { Check } from '../check.ts';
import { LAB, PEOPLE, portOf, ROGUE, WEB } from '../world/company.ts';
import type { World } from '../world/world.ts';

/** Whatever the hour: the instant of a test that is probed only has to be one. */
const AT = '2026-06-01T15:00:00Z';

/** What is promised, and tried on the wire. */
const MARKED: AccessTest = {
  id: 'probes',
  description: 'Tried through real components',
  expect: [
    { principal: PEOPLE.alice, reaches: 'echo', port: portOf('echo'), at: AT, probe: true },
    { principal: PEOPLE.alice, denied: 'secret', port: portOf('secret'), at: AT, probe: true },
    { principal: PEOPLE.carol, denied: 'shell', port: portOf('shell'), at: AT, probe: true },
    { withoutCertificate: true, denied: 'echo', port: portOf('echo'), at: AT },
  ],
};

/** What carol gains, and what says so. */
const GAIN: Policy = {
  id: 'temps-web',
  description: 'temps-web',
  owner: 'platform',
  effect: 'allow',
  who: { groups: ['temps'] },
  what: { services: ['web'], ports: [WEB] },
};
const GAINED: AccessTest['expect'][number] = {
  principal: PEOPLE.carol,
  reaches: 'web',
  port: WEB,
  at: AT,
  probe: true,
};

/** That what the components say of themselves is also what a person finds. */
export const PROOFS: readonly Check[] = [
  {
    name: 'ztna smoke proves the marked access tests through each intermediate, allowed and denied',
    async run(world) {
      const before = structuredClone(world.company);
      await world.inForce(await world.merge((company) => (company.tests = [MARKED])));
      const trying = await world.trying('alice', 'carol');
      const all = await world.ztna('smoke', '--env', LAB, ...trying, '--json');
      const { outcome, probes } = JSON.parse(all.said.trim().split('\n').at(-1)!) as {
        outcome: string;
        probes: { outcome: string; intermediate: string }[];
      };
      assert.equal([all.status, outcome, probes.length], [0, 'proved', 6], all.said);
      assert.ok(
        probes.every((one) => one.outcome === 'proved'),
        all.said,
      );
      assert.equal(new Set(probes.map(({ intermediate }) => intermediate)), new Set(['one', 'two']));
      const nobody = await world.ztna(
        'smoke',
        '--env',
        LAB,
        ...trying.slice(2),
        '--certs',
        join(world.folder, 'none'),
      );
      assert.is(nobody.status, 2, nobody.said);
      assert.match(nobody.said, /unproved: .*no certificate of alice@example\.com/);
      await world.inForce(
        await world.merge((company) => Object.assign(company, { tests: before.tests ?? [] })),
      );
    },
  },
  {
    name: 'a canary that says it enforces a change, and does not, is halted by what is found on the wire',
    async run(world) {
      const before = structuredClone(world.company);
      const rings = [{ id: 'canary', components: ['intermediate/one'] as [string], bakeSeconds: 1 }];
      await world.inForce(
        await world.merge((company) => {
          company.tests = [MARKED];
          const [lab] = company.environments;
          // The connector that a hostile client plays has no policy agent: it would be waited for.
          Object.assign(lab!, { rings, connectors: lab!.connectors!.filter(({ id }) => id !== ROGUE) });
        }),
      );
      const trying = await world.trying('alice', 'carol');
      await world.commit((company) => {
        company.policies.push(GAIN);
        company.tests![0]!.expect.push(GAINED);
      });
      const repaired = await leadAway(world);
      const halted = await world.ztna('merge', '--env', LAB, '--patience', '30', '--execute', ...trying);
      await repaired();
      assert.is(halted.status, 1, halted.said);
      assert.match(
        halted.said,
        /contradicted: policies\/tests\/probes\.yaml:\d+: carol@.* web tcp\/8080/,
        halted.said,
      );
      assert.match(halted.said, /halted: intermediate\/one: policies\/tests\/probes\.yaml:\d+: web 8080/);
      assert.not.match(halted.said, /rest: \d+ of/);
      const [, undone] = /does not do what is in entry (\d+)/.exec(halted.said)!;
      const released = await world.ztna(
        'release',
        '--env',
        LAB,
        '--hold',
        undone!,
        '--reason',
        'repaired',
        '--execute',
      );
      assert.is(released.status, 0, released.said);
      const again = await world.ztna('merge', '--env', LAB, '--patience', '30', '--execute', ...trying);
      assert.is(again.status, 0, again.said);
      assert.match(again.said, /canary: 4 of 4 probes proved it on the wire/, again.said);
      assert.match(again.said, /rest: 4 of 4 probes proved it on the wire/, again.said);
      await world.inForce(
        await world.merge((company) => Object.assign(company, { ...before, tests: before.tests ?? [] })),
      );
    },
  },
];

/**
 * Lets the address of intermediate `one` lead to a program that goes on enforcing what was, while the one that its policy
 * agent asks does as it is told: as where an address did not move with its instance. @returns what repairs it
 */
async function leadAway(world: World): Promise<() => Promise<void>> {
  const one = world.intermediates.get('one')!;
  const stale = join(one.spec.folder, 'stale.json');
  await one.program.stop('SIGTERM');
  cpSync(one.file, stale);
  const old = one.beside({
    ZTNA_ENFORCEMENT: stale,
    ZTNA_HTTP: one.http.replace('http://', '').replace('9090', '9099'),
  });
  await one.restart({ ZTNA_PORT: '4434' });
  await one.ready();
  return async () => {
    await old.stop();
    await one.program.stop('SIGTERM');
    await one.restart();
    await one.ready();
  };
}
