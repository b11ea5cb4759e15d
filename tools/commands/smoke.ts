import { jsonText, type TerminalText, textLine, textLines } from '../contract/terminal-text.ts';
import type { Smoke } from '../contract/shapes.ts';
import { didYouMean } from '../finding/nearest.ts';
import { Fault } from '../contract/fault.ts';
import type { Environment } from '../contract/shapes.ts';
import { markedTests } from '../smoke/probe-tests.ts';
import { smoke as tryMarked } from '../smoke/smoke.ts';
import { probeText, smokeOutcome } from '../smoke/verdict.ts';
import { command, type ExitStatus } from './shared/command.ts';
import { checkedRepository, ENV, environmentOf } from './shared/environment.ts';
import { outputs } from './shared/github.ts';
import { probingOf, TRYING } from './shared/smoke.ts';

/** Tries the access tests that are marked for it, with a real agent through real components. */
export const smoke = command({
  name: 'smoke',
  summary: 'Try each access test that is marked `probe: true` through real components, allowed and denied',
  options: [
    ENV,
    {
      flags: '--intermediate <id>',
      description: 'through this one; repeat it',
      many: true,
      fallback: 'through each',
    },
    ...TRYING,
    { flags: '--list', description: 'say what would be tried, and try nothing' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npx ztna smoke --env dev',
    'npx ztna smoke --env prod --intermediate canary --from 203.0.113.7',
  ],
  async run({ options }, context) {
    const repository = await checkedRepository(context);
    const { value } = environmentOf(repository, options.env);
    const marked = markedTests(repository, value.id);
    if (options.list) {
      for (const { test, principal, service, port, expected } of marked)
        context.out(
          textLine(
            `${test}: ${principal ?? 'a client without certificate'}: ${service} ${port}: ${expected}`,
          ),
        );
      outputs(context, { probes: String(marked.length) });
      return 0;
    }
    if (marked.length === 0)
      throw new Fault(
        `no access test of ${value.id} is marked`,
        'add `probe: true` to expectations in policies/tests/',
      );
    const intermediates = through(value, options.intermediate);
    const probes = await tryMarked({
      ...probingOf(context, repository, value.id, options),
      intermediates,
      served: () => true,
    });
    const found: Smoke = { environment: value.id, outcome: smokeOutcome(probes), probes };
    context.out(options.json ? jsonText(found) : textOf(found));
    return STATUS[found.outcome];
  },
});

/** Exit status by outcome: what was not tried, or did not answer, is no finding of access. */
const STATUS: Readonly<Record<Smoke['outcome'], ExitStatus>> = { proved: 0, contradicted: 1, unproved: 2 };

function through({ id, intermediates }: Environment, named: readonly string[] | undefined): string[] {
  const known = intermediates.map((one) => one.id);
  for (const one of named ?? [])
    if (!known.includes(one))
      throw new Fault(
        `${id} has no intermediate ${one}`,
        didYouMean(one, known, `use one of: ${known.join(', ')}`),
      );
  return [...(named ?? known)];
}

function textOf({ environment, outcome, probes }: Smoke): TerminalText {
  const count = (wanted: string): number => probes.filter((one) => one.outcome === wanted).length;
  const summary = `${environment}: ${outcome}: ${count('proved')} proved, ${count('contradicted')} contradicted, ${count('unproved')} unproved, ${count('left out')} left out`;
  return textLines([...probes.map(probeText), summary]);
}
