import { endedLines, type TerminalText } from '../contract/terminal-text.ts';
import { code, GAP, joined, name, place, prose, say, type Sentence } from '../contract/sentence.ts';
import type { Explanation } from '../contract/shapes.ts';
import { terminal } from './media/text.ts';

/** Why a request is decided as it is. */
export const REASONS = {
  allowed: 'some policy allows it and none denies it',
  'denied-by-policy': 'a policy denies it',
  'no-policy-allows': 'no policy allows it',
  revoked: 'the principal is revoked',
  'certificate-missing': 'clients without certificate may not connect to the environment',
  'unknown-environment': 'there is no such environment',
  'unknown-service': 'no connector of the environment registers the service',
  'port-not-served': 'the service does not have that port',
} as const satisfies Record<Explanation['reason'], string>;

/** An explanation as a few lines for a person. */
export function explanationText(explanation: Explanation): TerminalText {
  return endedLines(explanationLines(explanation).map(terminal));
}

/** An explanation, a sentence each: the answer, why, until when, and what would change it. */
export function explanationLines({
  request,
  decision,
  reason,
  policies,
  refusedBy,
  until,
  changes,
}: Explanation): Sentence[] {
  const {
    principal = 'a client without certificate',
    service,
    environment,
    port,
    at,
    from,
    device,
  } = request;
  const where = say`from ${from === undefined ? 'an unknown address' : name(from)}`;
  const facts = joined([...(at ? [say`at ${name(at)}`] : []), where, deviceOf(device)], ', ');
  return [
    say`${DECISIONS[decision]}  ${name(principal)} to ${code(service)} port ${port} in ${name(environment)}, ${facts}`,
    say`  because ${REASONS[reason]}`,
    ...(refusedBy ? [say`    ${prose(refusedBy.reason)}${GAP}${place(refusedBy)}`] : []),
    ...policies.map(
      ({ id, effect, description, ...at }) =>
        say`    ${effect} ${code(id)}: ${prose(description)}${GAP}${place(at)}`,
    ),
    ...(until === undefined ? [] : [say`  until ${name(until)}`]),
    ...changes.map((change, index) => say`  ${index === 0 ? 'to change it,' : 'or'} ${prose(change)}`),
  ];
}

const DECISIONS = { allow: 'ALLOW', deny: 'DENY' } as const;

function deviceOf(device: Explanation['request']['device']): Sentence {
  const facts = Object.entries(device ?? {});
  if (facts.length === 0) return say`with an unknown device`;
  const texts = facts.map(([key, value]) => say`${name(key)}=${name(String(value))}`);
  return say`with ${joined(texts, ', ')}`;
}
