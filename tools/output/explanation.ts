import type { Explanation } from '../contract/shapes.ts';

const REASONS: Record<Explanation['reason'], string> = {
  allowed: 'some policy allows it and none denies it',
  'denied-by-policy': 'a policy denies it',
  'no-policy-allows': 'no policy allows it',
  'unknown-environment': 'there is no such environment',
  'unknown-service': 'no connector of the environment registers the service',
  'port-not-served': 'the service does not have that port',
};

/** An explanation as a few lines for a person. */
export function explanationText({
  request,
  decision,
  reason,
  policies,
  until,
  changes,
}: Explanation): string {
  const { principal, service, environment, port, at, from, device } = request;
  const facts = [at && `at ${at}`, `from ${from ?? 'an unknown address'}`, deviceText(device)]
    .filter(Boolean)
    .join(', ');
  return [
    `${decision.toUpperCase()}  ${principal} to \`${service}\` port ${port} in ${environment}, ${facts}`,
    `  because ${REASONS[reason]}`,
    ...policies.map(
      ({ id, effect, description, file, line }) =>
        `    ${effect} \`${id}\`: ${description}   ${file}:${line}`,
    ),
    ...(until === undefined ? [] : [`  until ${until}`]),
    ...changes.map((change, index) => `  ${index === 0 ? 'to change it,' : 'or'} ${change}`),
    '',
  ].join('\n');
}

function deviceText(device: Explanation['request']['device']): string {
  const facts = Object.entries(device ?? {});
  return facts.length === 0
    ? 'with an unknown device'
    : `with ${facts.map(([name, value]) => `${name}=${String(value)}`).join(', ')}`;
}
