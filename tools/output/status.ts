import { apart, textLines, type TerminalText } from '../contract/terminal-text.ts';
import { isLive } from '../contract/log/liveness.ts';
import type { ComponentState, Convergence, InstanceState, Latency, Status } from '../contract/shapes.ts';
import { shortCommit } from './publish.ts';
import { plural } from './words.ts';

/** What is in force where, for a person. */
export function statusText({ environments }: Status): TerminalText {
  return apart(environments.map(convergenceText));
}

/** One environment: its newest entry, a line per instance, and a summary. */
export function convergenceText({
  environment,
  newest,
  converged,
  components,
  notes,
  deliveries,
}: Convergence): TerminalText {
  const noted = notes.map((note) => `  note: ${note}`);
  if (!newest) return textLines([`${environment}: nothing was published yet`, ...noted]);
  const { sequence, commit, reason, expiresAt, expired } = newest;
  const lines = [`${environment}: entry ${sequence}, commit ${shortCommit(commit)}: ${reason}`];
  if (expired) lines.push(`  it expired at ${expiresAt}: renew it with: npx ztna heartbeat`);
  lines.push(...components.flatMap(componentLines));
  lines.push(...noted);
  const behind = components.filter(({ state }) => !['enforcing', 'stale', 'removed'].includes(state)).length;
  lines.push(
    converged
      ? '  converged: every component enforces it'
      : `  not converged: ${plural(behind, 'component does', 'components do')} not enforce it`,
  );
  lines.push(...deliveryLines(deliveries));
  return textLines(lines);
}

/** `  12 deliveries since 2026-05-01: from the merge until in force 34 s for half, 61 s for 99 of 100, 80 s at most` */
function deliveryLines(figures: Convergence['deliveries']): string[] {
  if (!figures?.since || !figures.merge) return [];
  const { deliveries, since, merge, revocations, revocation } = figures;
  const counted = plural(deliveries, 'delivery', 'deliveries');
  const lines = [`  ${counted} since ${since}: from the merge until in force ${latencyText(merge)}`];
  if (revocation) lines.push(`  ${revocations} of them only took access away: ${latencyText(revocation)}`);
  return lines;
}

const latencyText = ({ p50, p99, most }: Latency): string =>
  `${seconds(p50)} for half, ${seconds(p99)} for 99 of 100, ${seconds(most)} at most`;

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** `entry 7: 2 of 3 components enforce it` */
export function convergenceSummary({ newest, components }: Convergence): string {
  const wanted = components.filter(({ state }) => state !== 'removed');
  const enforcing = wanted.filter(({ state }) => state === 'enforcing' || state === 'stale');
  return newest
    ? `entry ${newest.sequence}: ${enforcing.length} of ${plural(wanted.length, 'component')} enforce it`
    : 'nothing was published yet';
}

function componentLines({ component, state, instances }: ComponentState): string[] {
  const name = component.padEnd(30);
  if (instances.length === 0) return [`  ${name} ${state}`];
  return instances.map((one) => `  ${name} ${instanceText(one, state)}`);
}

function instanceText(instance: InstanceState, component: ComponentState['state']): string {
  const { sequence, refused, waiting, since, reason, verifiedBy, at } = instance;
  const state = component === 'removed' ? component : instance.state;
  const words = [
    state.padEnd(9),
    sequence === undefined ? '' : `entry ${sequence}`,
    refused === undefined ? '' : `refused ${refused}`,
    waiting === undefined ? '' : `waits for ${waiting}`,
    since === undefined ? '' : `since ${since}`,
    isLive(instance) ? '' : `last heard of at ${at}`,
    `(${instance.instance}${verifiedBy === 'file-check' ? ', checked by its follower only' : ''})`,
    reason ?? '',
  ];
  return words.filter(Boolean).join(' ');
}
