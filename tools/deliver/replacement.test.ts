import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import type { Convergence, ConvergenceState, Ring } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { inRingOrder, replaced, type ReplacementOptions } from './replacement.ts';

const test = suite('making components anew, one at a time');
const COMPONENTS = ['connector/apps', 'intermediate/a', 'intermediate/b', 'intermediate/canary'];
const RINGS: Ring[] = [
  { id: 'canary', components: ['intermediate/canary'], bakeSeconds: 300 },
  { id: 'half', share: 0.5, bakeSeconds: 120 },
];

/** What instances of one component are, from second to second of a clock that only sleeping moves. */
type Course = (second: number) => Readonly<Record<string, ConvergenceState>>;

function world(component: string, course: Course) {
  let milliseconds = 0;
  const told: string[] = [];
  const at = new Date(0).toISOString();
  const options: ReplacementOptions = {
    ...{ rings: RINGS, components: COMPONENTS, patienceSeconds: 60 },
    signal: new AbortController().signal,
    clock: { now: () => milliseconds, sleep: async (more) => void (milliseconds += more) },
    tell: (text) => void told.push(text),
    look: async () => {
      const instances = Object.entries(course(milliseconds / 1000)).map(([instance, state]) => ({
        ...{ instance, state, at },
      }));
      return { components: [{ component, state: 'enforcing', instances }] } as unknown as Convergence;
    },
  };
  return { options, told, seconds: () => milliseconds / 1000 };
}

test('canaries come first, then the other rings, then who is in none', () => {
  const some = ['intermediate/b', 'intermediate/canary', 'intermediate/a'];
  assert.equal(inRingOrder(RINGS, COMPONENTS, some), [
    'intermediate/canary',
    'intermediate/a',
    'intermediate/b',
  ]);
  assert.equal(inRingOrder([], COMPONENTS, some), [
    'intermediate/a',
    'intermediate/b',
    'intermediate/canary',
  ]);
});

test('the next one waits until the new instance enforces, and for the bake of its ring', async () => {
  const course: Course = (second) =>
    second < 20 ? { old: 'enforcing' } : { old: 'stopped', new: second < 30 ? 'waiting' : 'enforcing' };
  const { options, seconds, told } = world('intermediate/canary', course);
  let done = 0;
  await replaced('intermediate/canary', async () => void (done += 1), options);
  assert.equal([done, seconds()], [1, 30 + 300]);
  assert.match(told.join('\n'), /baking for 300 s/);
});

const FAULTS: readonly (readonly [string, Course, RegExp, number])[] = [
  ['no instance is new', () => ({ old: 'enforcing' }), /no new instance of it enforces/, 60],
  ['the new one refuses', (second) => (second < 4 ? { old: 'enforcing' } : { new: 'refused' }), /no new/, 60],
  [
    'the new one fails while it bakes',
    (second) =>
      second < 1 ? { old: 'enforcing' } : second < 200 ? { new: 'enforcing' } : { new: 'denying' },
    /was well, and is not after 300 s/,
    302,
  ],
];

for (const [what, course, says, after] of FAULTS)
  test(`what comes after it stays as it is where ${what}`, async () => {
    const { options, seconds } = world('intermediate/canary', course);
    try {
      await replaced('intermediate/canary', async () => {}, options);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, says);
      assert.is((error as Fault).status, 1);
    }
    assert.ok(Math.abs(seconds() - after) <= 2, `${seconds()} s`);
  });

test('a component that has no part in what is in force is not waited for', async () => {
  const { options, seconds } = world('connector/apps', () => ({ old: 'enforcing' }));
  await replaced('intermediate/canary', async () => {}, options);
  assert.is(seconds(), 0);
});

test.run();
