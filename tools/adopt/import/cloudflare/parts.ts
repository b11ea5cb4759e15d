import { JsonFile } from '../json.ts';
import { type AccessPolicy, type JsonObject, ipOf } from './apps.ts';
import type { Material } from './policies.ts';
import { type Somebody, isAbout } from './somebody.ts';

/** People that a policy is about, and from where. */
interface Part {
  people: Somebody[];
  from: string[];
}

type Answer = ReturnType<typeof isAbout>;

const isSurely = (answer: Answer): boolean => answer === true;

const isPerhaps = (answer: Answer): boolean => answer !== false;

const isSurelyNot = (answer: Answer): boolean => answer === false;

const isPerhapsNot = (answer: Answer): boolean => answer !== true;

/** What a policy is about, in parts that can be said: people from anywhere, and everybody from a network. */
export function partsOf(
  json: JsonFile,
  { path, include, require, exclude }: AccessPolicy,
  effect: 'allow' | 'deny',
  { world, findings }: Material,
): Part[] {
  const all: Somebody[] = [...world.principals, undefined];
  const about = (rule: JsonObject, one: Somebody) => isAbout(rule, one, world.groups);
  const isUnsaid = (section: string, rule: JsonObject): boolean =>
    ipOf(rule) !== undefined ? section === 'exclude' : all.some((one) => about(rule, one) === 'unknown');
  const say = (section: string, rules: readonly JsonObject[], remedy: string): void =>
    rules.forEach((rule, at) => {
      const message = `\`${Object.keys(rule).join()}\` cannot be asked for here`;
      if (isUnsaid(section, rule)) findings.push(json.finding([...path, section, at], message, remedy));
    });
  const allows = effect === 'allow';
  say(
    'include',
    include,
    `name whom it means; ${allows ? 'they are left out' : 'until then everybody else is blocked'}`,
  );
  const lost = 'whom it concerns is left out: write a policy with `when`';
  const kept = 'it is left out, and the block is taken over without it';
  say('require', require, allows ? lost : kept);
  say('exclude', exclude, allows ? lost : kept);
  if (allows && exclude.some((rule) => ipOf(rule) !== undefined)) return [];
  const [required, excluded] = [require, exclude].map((rules) =>
    rules.filter((rule) => ipOf(rule) === undefined),
  );
  // What nobody can tell never gives: an allow is about whom it is surely about, a block about whom it may be about.
  const [is, isNot]: [typeof isSurely, typeof isSurely] = allows
    ? [isSurely, isSurelyNot]
    : [isPerhaps, isPerhapsNot];
  const people = (rules: readonly JsonObject[] | 'everybody'): Somebody[] =>
    all.filter(
      (one) =>
        (rules === 'everybody' || rules.some((rule) => is(about(rule, one)))) &&
        required!.every((rule) => is(about(rule, one))) &&
        excluded!.every((rule) => isNot(about(rule, one))),
    );
  const from = require.flatMap((rule) => ipOf(rule) ?? []);
  if (from.length > 1) {
    findings.push(
      json.finding(
        [...path, 'require'],
        'two networks at once cannot be asked for',
        'nothing of this policy is taken over: name the smaller one',
      ),
    );
    return [];
  }
  const networks = include.flatMap((rule) => ipOf(rule) ?? []);
  const named = include.filter((rule) => ipOf(rule) === undefined);
  if (networks.length > 0 && from.length > 0)
    findings.push(
      json.finding(
        [...path, 'include'],
        'a network beside a required one cannot be asked for',
        'it is left out',
      ),
    );
  return [
    { people: people(named), from },
    ...(networks.length > 0 && from.length === 0 ? [{ people: people('everybody'), from: networks }] : []),
  ];
}
