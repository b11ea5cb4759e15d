import * as assert from 'uvu/assert';
import { line, type Finding } from '../finding/finding.ts';
import { withFixes } from '../finding/fix.ts';
import { loadSources } from '../load/load.ts';
import { suite } from '../testing/suite.ts';
import { checkLoad, wantsBefore } from './check-load.ts';
import { base, NOW, service, type ExampleRepository } from './testing/base.ts';
import { changed, loadWorld } from './testing/run.ts';

const test = suite('check: what was there before');

/** The findings of a changed company, with what it was before. */
function found(change: (world: ExampleRepository) => void): {
  findings: readonly Finding[];
  texts: ReadonlyMap<string, string>;
} {
  const loaded = loadWorld(changed(change));
  assert.ok(wantsBefore(checkLoad(loaded, NOW)));
  return { findings: checkLoad(loaded, NOW, loadWorld(base()).repository).findings, texts: loaded.texts };
}

/** What is said of a company after the edits of all its findings. */
function afterFixes({ findings, texts }: ReturnType<typeof found>): Finding[] {
  const world = new Map(
    [...texts].map(([file, text]) => {
      const edits = findings.filter((one) => one.file === file).flatMap(({ fix = [] }) => fix);
      return [file, withFixes(text, edits)];
    }),
  );
  const sources = [...world].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  return [...checkLoad(loadSources(sources), NOW).findings];
}

test('of two services on one address the new one is blamed, and gets an address that is free', () => {
  const result = found((world) => {
    // Before `payments` by its id.
    world.services.push(service('archive', 3, [443]));
    world.environments[1]!.connectors![0]!.services.push({ service: 'archive', backend: 'archive.internal' });
    world.policies[0]!.what.services!.push('archive');
  });
  assert.equal(result.findings.map(line), [
    'policies/services/archive.yaml:8:12 virtual-ips `virtualIp` 10.100.0.3 is that of service `payments` too: expected an address that no other service has; write 10.100.0.4, which is free',
  ]);
  assert.equal(afterFixes(result).map(line), []);
});

/** Renames the service `wiki` in its own file alone. */
const rename =
  (more: object = {}) =>
  (world: ExampleRepository): void => {
    world.services[0] = { ...world.services[0]!, id: 'handbook', ...more };
  };

test('a renamed service is known by its address, or by what it says, wherever it is named', () => {
  for (const more of [{}, { previously: 'wiki', virtualIp: '10.100.0.9' }]) {
    const result = found(rename(more));
    const references = result.findings.filter(({ rule }) => rule === 'references');
    assert.is(references.length, 3, 'in one policy and two connectors');
    for (const one of references) {
      assert.match(line(one), /there is no service `wiki`: it is called `handbook` now; write handbook$/);
      assert.ok(one.fix);
    }
    assert.equal(afterFixes(result).map(line), []);
  }
});

test('a service at another address, or of two that could be it, is not taken for the renamed one', () => {
  for (const change of [
    rename({ virtualIp: '10.100.0.9' }),
    (world: ExampleRepository) => {
      rename()(world);
      world.services.push(service('manual', 2, [443]));
    },
  ]) {
    const references = found(change).findings.filter(({ rule }) => rule === 'references');
    assert.is(references.length, 3);
    for (const one of references) assert.match(line(one), /no service `wiki`; add the service, or remove/);
  }
});

test.run();
