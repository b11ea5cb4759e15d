import type { Mutant } from './mutant.ts';

const mutant = (name: string, file: string, from: string, to: string): Mutant => ({
  of: 'protocol',
  name,
  file: `tools/${file}`,
  from,
  to,
});

const HAND_OVER = `      await slots.stage(content);
      const { verdict, lease } = await this.#write(content);
      if (verdict.state !== 'enforcing') {
        await this.#goBack(content, verdict);
        return verdict;
      }
      await slots.switchTo(content);
`;

/** Faults of the protocol between publishers and followers, all of which `npm run prove` alone must notice. */
export const PROTOCOL_MUTANTS: readonly Mutant[] = [
  mutant(
    'no ancestor check',
    'publish/problems.ts',
    'if (!before || contains) return undefined;',
    'if (log || contains) return undefined;',
  ),
  mutant(
    'the log name is overwritten',
    'publish/apply.ts',
    "(await hands.store.create(name, text)) === 'exists'",
    "(await hands.store.put(name, text).then(() => 'created')) === 'exists'",
  ),
  mutant(
    'the floor is raised before /applied',
    'follow/lease/lease-keeper.ts',
    HAND_OVER,
    HAND_OVER.replace('      await slots.switchTo(content);\n', '').replace(
      'await slots.stage(content);\n',
      'await slots.stage(content);\n      await slots.switchTo(content);\n',
    ),
  ),
  mutant(
    'the ack before the switch',
    'follow/lease/lease-keeper.ts',
    HAND_OVER,
    HAND_OVER.replace(
      '      await slots.switchTo(content);\n',
      '      this.#settle(content, lease);\n      await slots.switchTo(content);\n',
    ),
  ),
  mutant(
    'a refused entry becomes last known good',
    'follow/lease/lease-keeper.ts',
    "      if (verdict.state !== 'enforcing') {\n        await this.#goBack",
    "      if (verdict.state === 'waiting') {\n        await this.#goBack",
  ),
  mutant(
    'a publisher trusts the head',
    'store/log.ts',
    'new Map<number, string>() : await readUp(store, identity, head);',
    'new Map<number, string>() : new Map([...(await readUp(store, identity, head))].slice(0, 1));',
  ),
  mutant(
    'a follower trusts the head',
    'follow/poll.ts',
    'reached: firstFree(texts, (newest?.entry.sequence ?? cursor.settled) + 1) - 1,',
    'reached: Math.max(cursor.settled, head ?? 0),',
  ),
  mutant(
    'a key id is trusted',
    'contract/log/dsse.ts',
    `  for (const { sig } of envelope.signatures) {
    const signature = Buffer.from(sig, 'base64');
    const key = trusted.find((candidate) => isValidSignature(candidate, signed, signature));`,
    `  for (const { sig, keyid } of envelope.signatures) {
    const signature = Buffer.from(sig, 'base64');
    const key = trusted.find(({ id }) => id === keyid) ?? trusted.find((one) => isValidSignature(one, signed, signature));`,
  ),
  mutant(
    'an entry of another environment is taken',
    'contract/log/entry.ts',
    "for (const key of ['environment', 'account',",
    "for (const key of ['account',",
  ),
  mutant(
    'a part in use is collected',
    'publish/collect/collect.ts',
    'if (!names.has(name) && !recent && old(parameter))',
    'if (!recent && old(parameter))',
  ),
  mutant(
    'a hold is ignored',
    'publish/problems.ts',
    'rotationProblem(situation.distrusting) ??\n        holdProblem(situation, verdict.against)',
    'rotationProblem(situation.distrusting)',
  ),
  mutant(
    'a hold ends with content of before the change',
    'publish/holds.ts',
    'hold.part || !merged.has(undone)',
    'hold.part',
  ),
  mutant(
    'publishers go to the end of what was forged',
    'store/log.ts',
    'next: firstFree(texts, sequence + 1), invalid }',
    'next: sequences[0]! + 1, invalid }',
  ),
  mutant(
    'what is collected is not put back',
    'publish/collect/collect.ts',
    'removed.length > 0\n      ? await putBack',
    'removed.length < 0\n      ? await putBack',
  ),
];
