import type { Repository } from '../../load/repository.ts';
import { compile } from '../compile.ts';
import { decide, type TypedRequest } from '../decide.ts';
import { indexPolicies } from '../model.ts';
import { prefixTexts } from '../values/address.ts';
import { portIntervals } from '../values/ports.ts';
import { instantText, zone } from '../values/time-zone.ts';
import { deviceText, sourcesText } from '../wording/condition-text.ts';
import { followed } from './follow.ts';
import { edited, reduced, type AccessQuestion } from './edits.ts';
import type { Advice, EditStep, FactStep } from './steps.ts';

/** One piece of advice as a sentence: `add bob@example.com to `sre` and use a device with managed true; ask `platform``. */
export function adviceText(
  repository: Repository,
  asked: AccessQuestion,
  request: TypedRequest,
  advice: Advice,
): string {
  const edits = advice.edits.map((edit) => ({ ...wordsOf(repository, asked, edit), step: edit.step }));
  const facts = factTexts(advice.facts, () => localTime(repository, asked, request, advice));
  const early = edits.filter(({ step }) => step !== 'spare').map(({ text }) => text);
  const spared = edits.filter(({ step }) => step === 'spare').map(({ text }) => text);
  const owners = [...new Set(edits.map(({ owner }) => `\`${owner}\``))];
  const whom = owners.length === 0 ? '' : `; ask ${owners.join(' and ')}`;
  const unknown = advice.stated ? ' (unknown so far)' : '';
  return `${[...early, ...facts, ...spared].join(' and ')}${unknown}${whom}`;
}

function factTexts(facts: readonly FactStep[], local: () => string): string[] {
  const device = facts.flatMap((fact) =>
    fact.step === 'device' ? [[fact.attribute, fact.values] as const] : [],
  );
  const texts = facts.flatMap((fact) => {
    if (fact.step === 'port') return [portText(portIntervals(fact.ports))];
    if (fact.step === 'wait') return [`wait until ${instantText(fact.until)}${local()}`];
    return fact.step === 'source' ? [`come ${sourcesText(prefixTexts(fact.sources))}`] : [];
  });
  return [...texts, ...(device.length > 0 ? [`use a device ${deviceText(Object.fromEntries(device))}`] : [])];
}

function portText(ports: readonly (readonly [number, number])[]): string {
  const texts = ports.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  const one = ports.length === 1 && ports[0]![0] === ports[0]![1];
  return one ? `use port ${texts[0]}` : `use a port of ${texts.join(', ')}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** ` (Monday 08:00 America/New_York)`: the instant in the zone of the first policy with hours that then allows. */
function localTime(
  repository: Repository,
  asked: AccessQuestion,
  request: TypedRequest,
  advice: Advice,
): string {
  const after = edited(reduced(repository, asked), asked, advice.edits);
  const then = followed(request, advice, 0);
  const { policies } = decide(indexPolicies(compile(after, asked.environment)), then);
  const hours = policies.flatMap((id) => after.policies.get(id)?.value.when?.hours ?? [])[0];
  const clock = hours && zone(hours.timezone);
  if (!clock || then.at === undefined) return '';
  const local = new Date(then.at + clock.offset(then.at));
  return ` (${WEEKDAYS[local.getUTCDay()]} ${local.toISOString().slice(11, 16)} ${hours.timezone})`;
}

/** An edit in words, and the owner of what is edited. */
function wordsOf(
  repository: Repository,
  { principal, service, environment }: AccessQuestion,
  edit: EditStep,
): { text: string; owner: string } {
  const ofService = repository.services.get(service)!.value.owner;
  switch (edit.step) {
    case 'register':
      return { text: `register \`${service}\` on a connector of ${environment}`, owner: ofService };
    case 'allow':
      return { text: `add a policy that allows ${principal} \`${service}\``, owner: ofService };
    case 'join': {
      const { owner } = repository.groups.get(edit.group)!.value;
      return { text: `add ${principal} to \`${edit.group}\``, owner };
    }
    default: {
      const { value, place } = repository.policies.get(edit.policy)!;
      const { file, line } = place(['effect'], 'key');
      const texts = {
        name: `add ${principal} to policy \`${value.id}\``,
        renew: `renew policy \`${value.id}\`, which expired ${value.when?.expires}`,
        spare: `change policy \`${value.id}\` (${file}:${line}), which denies`,
      };
      return { text: texts[edit.step], owner: value.owner };
    }
  }
}
