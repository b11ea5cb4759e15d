import type { Mutant } from './mutant.ts';

const of =
  (subject: string) =>
  (name: string, file: string, from: string, to: string): Mutant => ({
    of: `simulation, ${subject}`,
    name,
    file: `tools/${file}`,
    from,
    to,
  });

const [readBack, identity, digests, holds] = [of('read-back'), of('identity'), of('digests'), of('holds')];
const [collection, rotation, rings, floor] = [of('collection'), of('rotation'), of('rings'), of('floor')];
const [revocations, liveness, outcomes, epochs] = [
  of('revocations'),
  of('liveness'),
  of('outcomes'),
  of('epochs'),
];
const claims = of('acks');

const BYTES = 'found.has(name) && found.get(name)!.value !== value);';

/** Further faults of publishing, delivering, following and collecting, which `npm run prove` alone must notice. */
export const SIMULATION_MUTANTS: readonly Mutant[] = [
  readBack(
    'what was written is not read back',
    'publish/apply.ts',
    '    await readBack(plan.readBack, hands);\n',
    '',
  ),
  readBack(
    'bytes that are there are taken for ours',
    'publish/apply.ts',
    BYTES,
    'found.has(name) && value === name);',
  ),
  readBack(
    'one look is enough',
    'publish/apply.ts',
    'missing = missing.filter(({ name }) => !found.has(name));',
    'missing = [];',
  ),
  readBack(
    'what was collected at this moment stays away',
    'publish/apply.ts',
    '  if (plan.entry) await keepThere(plan.readAgain, plan.entry.sequence, hands);\n',
    '',
  ),
  identity(
    'another account is taken',
    'contract/log/entry.ts',
    "['environment', 'account', 'region',",
    "['environment', 'region',",
  ),
  identity(
    'another region is taken',
    'contract/log/entry.ts',
    "'account', 'region', 'epoch',",
    "'account', 'epoch',",
  ),
  identity(
    'another epoch is taken',
    'contract/log/entry.ts',
    "'region', 'epoch', 'sequence']",
    "'region', 'sequence']",
  ),
  identity('another place is taken', 'contract/log/entry.ts', "'epoch', 'sequence'] as", "'epoch'] as"),
  digests(
    'no digest of a part is checked',
    'store/part.ts',
    `  if (compressed.length !== reference.size || digestOf(compressed) !== reference.part)
    return bad(\`the chunks of \${reference.scope} are not those of part \${reference.part}\`);
  const bytes = await decompress(compressed, reference.bytes);
  if (bytes?.length !== reference.bytes) return bad(\`part \${reference.part} is not of the size it must be\`);
  if (digestOf(bytes) !== reference.content) return bad(\`part \${reference.part} does not hold its content\`);
`,
    `  const bytes = await decompress(compressed, reference.bytes);
  if (!bytes) return bad(reference.part);
`,
  ),
  digests(
    'a part on the disk is believed',
    'follow/content/fetch.ts',
    "typeof record.part !== 'string' || digestOf(record.part) !== reference.content",
    "typeof record.part !== 'string'",
  ),
  digests(
    'an index on the disk is believed',
    'follow/content/index-copy.ts',
    'if (digestOf(text) !== wanted.content)',
    "if (text === '')",
  ),
  holds(
    'a heartbeat loses holds',
    'publish/append.ts',
    'source: newest, holds: newest.entry.holds }',
    'source: newest, holds: [] }',
  ),
  holds(
    'a rollback loses the holds before',
    'publish/holds.ts',
    'holds: [...stay, ...again, ...(isStepBack ? [] : [left.added])],',
    'holds: isStepBack ? [] : [left.added],',
  ),
  holds(
    'a rollback holds nothing',
    'publish/holds.ts',
    '...again, ...(isStepBack ? [] : [left.added])],',
    '...again],',
  ),
  holds(
    'a step back holds nothing of what was on hold before it',
    'publish/holds.ts',
    '...stay, ...again, ...(isStepBack',
    '...stay, ...(isStepBack',
  ),
  holds(
    'what goes first is put over what another publisher wants',
    'deliver/deliver.ts',
    'return { onto: { content: newest?.entry.index.content }, holdsStay: true };',
    'return newest ? { holdsStay: true } : { holdsStay: true };',
  ),
  holds(
    'a higher epoch loses holds',
    'publish/publish.ts',
    'const holds = before ? holdsFor(before, identity) : [];',
    'const holds = log.newest ? holdsFor(log.newest, identity) : [];',
  ),
  holds(
    'a release lifts every hold',
    'publish/append.ts',
    'holds = newest.entry.holds.filter((hold) => !lifted.includes(hold));',
    'holds = newest.entry.holds.slice(0, 0);',
  ),
  holds(
    'a hold on another change passes what gives access',
    'publish/holds.ts',
    'current !== undefined && isLossesOnly(current.parts, next.parts, held.at)',
    'current !== undefined',
  ),
  collection(
    'what instances enforce is collected',
    'publish/collect/collect.ts',
    '...held, ...bases, ...acked]',
    '...held, ...bases]',
  ),
  collection(
    'what holds name is collected',
    'publish/collect/collect.ts',
    '...held, ...bases, ...acked]',
    '...bases, ...acked]',
  ),
  collection(
    'what all had before is collected',
    'publish/collect/collect.ts',
    '...held, ...bases, ...acked]',
    '...held, ...acked]',
  ),
  collection(
    'acks of the living are collected',
    'publish/collect/collect.ts',
    '[acks.filter(({ silent }) => silent), acks.filter(({ silent }) => !silent)]',
    '[acks, acks]',
  ),
  collection(
    'acks of who is gone are kept',
    'publish/collect/collect.ts',
    '[acks.filter(({ silent }) => silent), acks.filter(({ silent }) => !silent)]',
    '[[], acks]',
  ),
  rotation(
    'a key that not all trust',
    'publish/keys/rotation.ts',
    'if (!newest || newest.key.digest === digest) return [];',
    'if (newest || digest) return [];',
  ),
  rotation(
    'a key that those who live do not trust',
    'publish/keys/rotation.ts',
    "presence === 'live' && !ack?.trustedKeys",
    "presence === 'gone' && !ack?.trustedKeys",
  ),
  rotation(
    'a key waits for who is gone',
    'publish/keys/rotation.ts',
    "presence === 'live' && !ack?.trustedKeys",
    '(presence as string) && !ack?.trustedKeys',
  ),
  rotation(
    'a key that environment.yaml does not name',
    'publish/keys/rotation.ts',
    'if (trusted.some((key) => key.digest === digest)) return;',
    'if (trusted) return;',
  ),
  rotation(
    'a heartbeat with a key that not all trust',
    'publish/append.ts',
    ': rotationProblem(distrusting(acks, newest, signer));',
    ': rotationProblem(distrusting([], newest, signer));',
  ),
  rings('a stage is for all', 'deliver/deliver.ts', '? { stage: new Set(components) } : {};', '? {} : {};'),
  rings(
    'who does not enforce it yet is not waited for',
    'deliver/verdict.ts',
    'return missing.length === 0 ?',
    'return missing.length >= 0 ?',
  ),
  rings(
    'nothing bakes',
    'deliver/wait.ts',
    'baked = clock.now() + bakeSeconds * 1000;',
    'baked = clock.now();',
  ),
  rings(
    'a refusal does not halt',
    'deliver/deliver.ts',
    "if (verdict.state === 'refused') return halt(",
    "if ((verdict.state as string) === 'never' && verdict.state === 'refused') return halt(",
  ),
  rings(
    'a step does not say what all had before',
    'publish/publish.ts',
    '{ base: log.newest.entry.base ?? log.newest.entry.sequence }',
    '{}',
  ),
  rings(
    'a step says that the canary’s was all’s',
    'publish/publish.ts',
    '{ base: log.newest.entry.base ?? log.newest.entry.sequence }',
    '{ base: log.newest.entry.sequence }',
  ),
  rings(
    'a heartbeat forgets what all had before',
    'publish/append.ts',
    '...(source.entry.base !== undefined && { base: source.entry.base }),',
    '',
  ),
  rings('what everybody has stays a stage', 'publish/plan.ts', ' && !ends) {', ' && ends !== undefined) {'),
  rings(
    'what an earlier run gave stays although it is refused',
    'deliver/environment-plan.ts',
    '? (base ?? current) : current;',
    '? current : current;',
  ),
  floor(
    'another entry in the place of the floor is newer',
    'follow/poll.ts',
    `  return digest === floor!.entry
    ? { state: 'same' }
    : refused(`,
    `  return digest === floor!.entry
    ? { state: 'same' }
    : digest ? { state: 'newer' } : refused(`,
  ),
  floor(
    'what is below the floor is newer',
    'follow/poll.ts',
    'if (compared < 0) return refused(',
    "if (compared < 0) return digest ? { state: 'newer' } : refused(",
  ),
  floor(
    'the minimum of a deployment is nothing',
    'follow/poll.ts',
    'if (minimum && comparePositions(entry, minimum) < 0)',
    'if (minimum && comparePositions(minimum, minimum) < 0)',
  ),
  floor(
    'publishing goes on below what instances enforce',
    'publish/collect/acks.ts',
    "(ack && aheadIn(ack, log) === 'proven' ? ack : [])",
    '[]',
  ),
  claims(
    'what an ack only says stops publishing',
    'publish/collect/acks.ts',
    "aheadIn(ack, log) === 'proven' ? ack",
    'aheadIn(ack, log) !== undefined ? ack',
  ),
  claims(
    'any entry is a proof',
    'contract/log/ack.ts',
    'return verified && verified.ok && verified.digest === enforced.entry ?',
    'return text !== undefined ?',
  ),
  claims(
    'an ack shows nothing',
    'follow/ack.ts',
    'const whole = shown && {',
    'const whole = shown && !ack.enforced && {',
  ),
  revocations(
    'a revocation starts from what the canary has',
    'deliver/environment-plan.ts',
    'revocationsFirst(current, base ?? current, bundle)',
    'revocationsFirst(current, current, bundle)',
  ),
  revocations(
    'a revocation goes ring by ring',
    'deliver/deliver.ts',
    'if (!bundle) return { plan };',
    'if (bundle || !bundle) return { plan };',
  ),
  revocations(
    'a loss that is refused is given back',
    'deliver/deliver.ts',
    'lossesOnly ? 0 : back, options',
    'back, options',
  ),
  liveness(
    'who has stopped is live',
    'contract/log/liveness.ts',
    "if (ack.state === 'stopped') return 'stopped';",
    '',
  ),
  liveness(
    'nobody is ever gone',
    'contract/log/liveness.ts',
    'return now - heard > MISSED_RENEWALS * renewSeconds * 1000;',
    'return now - heard > MISSED_RENEWALS * renewSeconds * 1e9;',
  ),
  liveness(
    'who lives is told by its own clock',
    'store/acks.ts',
    'const heard = modified.getTime();',
    'const heard = reading.ok ? Date.parse(reading.ack.at) : modified.getTime();',
  ),
  liveness(
    'an ack is not renewed',
    'follow/reporter.ts',
    'if (elapsed() >= (isNew ? this.#reportAt! : this.#renewAt))',
    'if (isNew && elapsed() >= this.#reportAt!)',
  ),
  liveness(
    'who stops does not say so',
    'follow/reporter.ts',
    'if (this.#reported !== undefined) await this.#put(this.parts.ack());',
    '',
  ),
  outcomes(
    'what is not there is refused',
    'follow/content/fetch.ts',
    "outcome: fetched.missing ? 'waiting' : 'refused'",
    "outcome: 'refused'",
  ),
  outcomes(
    'a refusal of what is in force comes when its lease has ended',
    'follow/follower.ts',
    'return { position: content.position, reason: unconfirmed.reason };',
    'return this.leaseKeeper.state().enforced ? undefined : { position: content.position, reason: unconfirmed.reason };',
  ),
  outcomes(
    'a component that does not answer refuses',
    'follow/follower.ts',
    "return verdict.state === 'refused' ? refusal(position, verdict.reason) : wait(position, verdict.reason);",
    'return refusal(position, verdict.reason);',
  ),
  outcomes(
    'a full disk refuses',
    'follow/follower.ts',
    'return wait(position, `it cannot be written here: ${(error as Error).message}`);',
    'return refusal(position, `it cannot be written here: ${(error as Error).message}`);',
  ),
  outcomes(
    'who waits halts a delivery',
    'deliver/deliver.ts',
    "if (verdict.state === 'waiting') {",
    `if (verdict.state === 'waiting' && back > 0)
      return halt({ state: 'refused', component: components[0]!, reason: 'no' }, sequence, back, options);
    if (verdict.state === 'waiting') {`,
  ),
  epochs(
    'a higher epoch begins with what only the canary has',
    'deliver/epoch.ts',
    'const sequence = base ?? newest.entry.sequence;',
    'const sequence = newest.entry.sequence + 0 * (base ?? 0);',
  ),
  epochs(
    'the commit of the epoch before does not count',
    'publish/publish.ts',
    'const before = log.newest ?? earlier?.newest;',
    'const before = log.newest;',
  ),
  epochs(
    'a higher epoch begins twice',
    'publish/plan.ts',
    '  if (situation.first && log.newest)\n',
    '  if (situation.first && log.newest && !identity)\n',
  ),
];
