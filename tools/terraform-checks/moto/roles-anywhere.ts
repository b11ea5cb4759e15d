import { asked, awsError, json, type AwsAnswer, type AwsCall } from './call.ts';
import type { Shim } from './shims.ts';

/** What is kept of a trust anchor or a profile. */
type Kept = Record<string, unknown> & { tags: { key: string; value: string }[] };

const KINDS = { trustanchor: 'trustAnchor', profile: 'profile' } as const;
type Kind = keyof typeof KINDS;

/** IAM Roles Anywhere, which moto's server does not have: trust anchors and profiles, kept with their tags. */
export function rolesAnywhere(): Shim {
  const kept = new Map<string, Kept>();
  let made = 0;
  const said = (kind: Kind, one: Kept, status = 200): AwsAnswer => json({ [KINDS[kind]]: one }, status);
  const create = (kind: Kind, given: Record<string, unknown>): AwsAnswer => {
    const id = `00000000-0000-4000-9000-${String((made += 1)).padStart(12, '0')}`;
    const path = kind === 'profile' ? 'profile' : 'trust-anchor';
    const arn = `arn:aws:rolesanywhere:eu-west-1:000000000000:${path}/${id}`;
    const one: Kept = {
      tags: [],
      ...given,
      [`${KINDS[kind]}Id`]: id,
      [`${KINDS[kind]}Arn`]: arn,
    };
    kept.set(id, one);
    return said(kind, one, 201);
  };
  const tags = ({ method, path }: AwsCall, given: Record<string, unknown>): AwsAnswer => {
    const arn = String(given['resourceArn'] ?? new URL(path, 'http://a').searchParams.get('resourceArn'));
    const one = kept.get(arn.split('/').at(-1)!);
    if (method === 'GET') return json({ tags: one?.tags ?? [] });
    if (one && path.startsWith('/TagResource')) one.tags = given['tags'] as Kept['tags'];
    return json({}, 201);
  };
  return {
    name: 'IAM Roles Anywhere',
    hides: 'whether AWS accepts the anchor and the profile, and whether anybody can sign in by them',
    when: ({ service }) => service === 'rolesanywhere',
    answer: (call) => {
      const given = asked(call);
      if (/^\/(Tag|Untag|ListTags)/.test(call.path)) return tags(call, given);
      const [, word = '', id = '', action] = call.path.split('?')[0]!.split('/');
      const kind: Kind = word.startsWith('trustanchor') ? 'trustanchor' : 'profile';
      if (id === '') return create(kind, given);
      const one = kept.get(id);
      if (!one) return awsError('ResourceNotFoundException', 'There is none.', 404);
      if (call.method === 'DELETE') kept.delete(id);
      else if (action) one['enabled'] = action === 'enable';
      else if (call.method === 'PATCH') Object.assign(one, given);
      return said(kind, one);
    },
  };
}
