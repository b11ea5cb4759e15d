import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { type CallAttempt, caller, type CallerOptions } from './caller.ts';
import { StoreFault } from './fault.ts';
import { virtualClock } from './testing/virtual.ts';

const test = suite('store: caller');

const ABOUT = { budget: 'writes', operation: 'PutParameter', names: ['/ztna/lab/1/head'] } as const;

/** An error as the SDK throws it. */
function sdkError(name: string, status?: number, message = ''): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** Calls with these errors first and then an answer; tells what was observed and thrown. */
async function attempt(errors: readonly Error[], options: CallerOptions = {}) {
  const clock = virtualClock();
  const calls: CallAttempt[] = [];
  const left = [...errors];
  const call = caller({
    rates: 'none',
    clock,
    random: () => 1,
    observe: (one) => calls.push(one),
    ...options,
  });
  const result = await call(ABOUT, async () => {
    const error = left.shift();
    if (error) throw error;
    return 'answer';
  }).catch((error: unknown) => error);
  return { result, calls, waits: clock.slept };
}

function times(count: number, error: Error): Error[] {
  return Array.from({ length: count }, () => error);
}

test('answers at once when the store does', async () => {
  const { result, calls, waits } = await attempt([]);
  assert.is(result, 'answer');
  assert.equal(waits, []);
  assert.equal(
    calls.map(({ operation, names, attempt: nth, outcome }) => ({ operation, names, nth, outcome })),
    [{ operation: 'PutParameter', names: 1, nth: 1, outcome: 'done' }],
  );
});

for (const [name, status] of [
  ['ThrottlingException', 400],
  ['TooManyUpdates', 400],
  ['Whatever', 429],
] as const)
  test(`waits longer and longer while busy: ${name}`, async () => {
    const { result, calls, waits } = await attempt(times(12, sdkError(name, status)));
    assert.is(result, 'answer');
    assert.equal(waits, [100, 200, 400, 800, 1600, 3200, 6400, 8000, 8000, 8000, 8000, 8000]);
    assert.equal(calls.filter(({ outcome }) => outcome === 'again').length, 12);
    assert.is(calls[0]?.code, name);
    assert.is(calls[0]?.wait, 100);
  });

test('waits longer in all than a removed name is barred, even when chance is against it', async () => {
  const { waits } = await attempt(times(13, sdkError('TooManyUpdates')), {
    random: () => 0.25,
  });
  assert.ok(waits.reduce((sum, wait) => sum + wait, 0) > 30_000);
});

test('half of each wait is chance', async () => {
  const { waits } = await attempt(times(2, sdkError('ThrottlingException')), { random: () => 0 });
  assert.equal(waits, [50, 100]);
});

test('gives up on a store that stays busy, and says what to do', async () => {
  const { result, calls } = await attempt(times(13, sdkError('ThrottlingException', 400, 'Rate exceeded')));
  assert.instance(result, StoreFault);
  const fault = result as StoreFault;
  assert.is(fault.kind, 'busy');
  assert.is(
    fault.message,
    'PutParameter /ztna/lab/1/head: the store is busy and stayed so (ThrottlingException: Rate exceeded)',
  );
  assert.match(fault.remedy, /repeat in a minute/);
  assert.is(calls.length, 13);
  assert.is(calls.at(-1)?.outcome, 'failed');
});

for (const error of [
  sdkError('InternalServerError', 500),
  sdkError('SyntaxError', 200),
  Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
])
  test(`tries again, but not for long, when the store is broken or away: ${error.message || error.name}`, async () => {
    assert.is((await attempt(times(4, error))).result, 'answer');
    const { result, calls } = await attempt(times(5, error));
    assert.instance(result, StoreFault);
    assert.is(calls.length, 5);
  });

test('of an embedded store whose folder was removed, it says to begin it again', async () => {
  const { result } = await attempt(times(5, sdkError('StoreEnded', 500)));
  assert.match((result as StoreFault).remedy, /^the embedded store has ended: .*npm start/);
});

for (const [name, kind] of [
  ['ValidationException', 'refused'],
  ['AccessDeniedException', 'denied'],
  ['ExpiredTokenException', 'denied'],
  ['CredentialsProviderError', 'denied'],
  ['ParameterLimitExceeded', 'full'],
  ['ParameterMaxVersionLimitExceeded', 'full'],
] as const)
  test(`does not repeat what cannot help: ${name}`, async () => {
    const { result, calls, waits } = await attempt([sdkError(name, 400)]);
    assert.instance(result, StoreFault);
    assert.is((result as StoreFault).kind, kind);
    assert.is((result as StoreFault).code, name);
    assert.is(calls.length, 1);
    assert.equal(waits, []);
  });

test('says which permission may be missing', async () => {
  const { result } = await attempt([sdkError('AccessDeniedException', 400)]);
  assert.match((result as StoreFault).remedy, /ssm:PutParameter/);
});

test('repeats a call whose signature had the wrong time, which the SDK has corrected', async () => {
  const skewed = Object.assign(sdkError('InvalidSignatureException', 400), {
    $metadata: { httpStatusCode: 400, clockSkewCorrected: true },
  });
  assert.is((await attempt([skewed])).result, 'answer');
});

test('cuts the value out of what the store says', async () => {
  const call = caller({ rates: 'none' });
  const fault: unknown = await call({ ...ABOUT, secret: 'the-value' }, () =>
    Promise.reject(sdkError('ValidationException', 400, "Value 'the-value' at 'value' failed")),
  ).catch((error: unknown) => error);
  assert.match((fault as StoreFault).message, /Value '\.\.\.' at/);
  assert.not.match((fault as StoreFault).message, /the-value/);
});

test('gives one attempt only so long', async () => {
  const call = caller({ rates: 'none', timeout: 20, patience: { busy: 1, broken: 1 } });
  const fault: unknown = await call(
    ABOUT,
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  ).catch((error: unknown) => error);
  assert.is((fault as StoreFault).kind, 'unreachable');
  assert.is((fault as StoreFault).code, 'TimeoutError');
  assert.match((fault as StoreFault).message, /no answer within 20 ms/);
});

test('stops when interrupted: before a call, within one, and between two', async () => {
  const before = new AbortController();
  before.abort();
  assert.is(((await attempt([], { signal: before.signal })).result as StoreFault).kind, 'aborted');

  const within = new AbortController();
  const call = caller({ rates: 'none', signal: within.signal });
  const fault = call(
    ABOUT,
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  ).catch((error: unknown) => error);
  within.abort();
  assert.is(((await fault) as StoreFault).kind, 'aborted');

  const between = new AbortController();
  const waiting = caller({
    rates: 'none',
    signal: between.signal,
    observe: ({ outcome }) => outcome === 'again' && between.abort(),
  })(ABOUT, () => Promise.reject(sdkError('ThrottlingException', 400))).catch((error: unknown) => error);
  assert.is(((await waiting) as StoreFault).kind, 'aborted');
});

/** The warnings of the process while something is done. */
async function warningsOf(work: () => unknown): Promise<string[]> {
  const warnings: string[] = [];
  const heard = ({ message }: Error) => warnings.push(message);
  process.on('warning', heard);
  await work();
  await new Promise((done) => setTimeout(done, 10));
  process.off('warning', heard);
  return warnings;
}

test('a hundred calls at once do not look like a leak', async () => {
  const call = caller({ rates: 'none', signal: new AbortController().signal });
  const once = () => call(ABOUT, () => new Promise((done) => setTimeout(done, 5)));
  assert.equal(await warningsOf(() => Promise.all(Array.from({ length: 100 }, once))), []);
});

test('nor do a hundred stores after each other, of a command that looks again and again', async () => {
  const { signal } = new AbortController();
  const warnings = await warningsOf(async () => {
    for (let look = 0; look < 100; look += 1) await caller({ rates: 'none', signal })(ABOUT, async () => 1);
  });
  assert.equal(warnings, []);
});

test('keeps to the rates of its three budgets apart', async () => {
  const clock = virtualClock();
  const call = caller({ clock });
  const send = () => Promise.resolve();
  for (let nth = 0; nth < 3; nth += 1) await call(ABOUT, send);
  for (let nth = 0; nth < 40; nth += 1) await call({ ...ABOUT, budget: 'reads' }, send);
  for (let nth = 0; nth < 3; nth += 1) await call({ ...ABOUT, budget: 'deletes' }, send);
  assert.is(clock.now(), 0);
  await call(ABOUT, send);
  assert.is(Math.round(clock.now()), 333);
});

test.run();
