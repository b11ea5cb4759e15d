import { instantText, parseInstant } from '../../../tools/access/values/time-zone.ts';
import type { Attention, ComponentState, EnvironmentDrift } from '../../../tools/contract/shapes.ts';
import { sentence } from '../../../tools/finding/finding.ts';
import { expiringIn } from './entries.ts';
import type { EnvironmentView } from './view.ts';

/** A certificate that ends within so many milliseconds needs a person. */
const CERTIFICATE_MS = 14 * 24 * 3_600_000;
/** A policy that ends within so many milliseconds may surprise somebody. */
const POLICY_MS = 3 * 24 * 3_600_000;

const LEVELS = ['bad', 'wait', 'old'] as const;

/** States in which somebody is kept out, or an order is refused; others that are not calm are late. */
const BAD: readonly ComponentState['state'][] = ['ahead', 'refused', 'denying', 'gone', 'silent', 'stopped'];

/** What needs a person, the worst first. @param drift of the environment, whose sentences are used */
export function attentionIn(view: EnvironmentView, drift: EnvironmentDrift): Attention[] {
  const all = [...awayNote(view), ...brokenNote(view), ...driftNotes(view, drift), ...endingNotes(view)];
  return all.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function* awayNote({ store: { away } }: EnvironmentView): Iterable<Attention> {
  if (away)
    yield {
      level: 'old',
      subject: 'the store',
      message: `it cannot be read: ${away.reason}`,
      remedy: 'components keep enforcing what they have; what is shown is the last that was read',
      since: instantText(away.since),
    };
}

function* brokenNote({ known: { files } }: EnvironmentView): Iterable<Attention> {
  const [first] = files.errors;
  if (!first) return;
  const more = files.errors.length > 1 ? `, the first of ${files.errors.length} errors` : '';
  yield {
    level: 'wait',
    subject: 'the files',
    message: `${first.file}:${first.line} ${sentence(first)}${more}`,
    remedy: 'what was in force stays in force; nothing is published until they are fixed',
    page: 'drift',
  };
}

function* driftNotes({ store }: EnvironmentView, { drifts }: EnvironmentDrift): Iterable<Attention> {
  const states = new Map(store.convergence?.components.map((one) => [one.component, one] as const));
  for (const { kind, subject, message, remedy } of drifts) {
    const component = states.get(subject);
    const bad = component ? BAD.includes(component.state) : false;
    const since = component && sinceOf(component);
    yield {
      level: bad ? 'bad' : 'wait',
      subject,
      message,
      remedy,
      ...(since !== undefined && { since }),
      page: kind === 'store-ack' && component ? `components/${subject}` : 'drift',
    };
  }
}

/** Since when the worst of its instances has said the same, where it says so. */
function sinceOf({ instances, state }: ComponentState): string | undefined {
  return instances.find((one) => one.state === state)?.since;
}

function* endingNotes(view: EnvironmentView): Iterable<Attention> {
  const { certificates, soon } = expiringIn(view);
  for (const { component, instance, notAfter } of certificates)
    if (parseInstant(notAfter) < view.now + CERTIFICATE_MS)
      yield {
        level: 'old',
        subject: component,
        message: `the certificate of instance ${instance} ends at ${notAfter}`,
        remedy: 'issue another and let it be read anew: docs/operations.md',
        page: `components/${component}`,
      };
  for (const { id, expires, file } of soon)
    if (parseInstant(expires) < view.now + POLICY_MS)
      yield {
        level: 'old',
        subject: id,
        message: `the policy ends at ${expires}`,
        remedy: `nobody has what it gives from then on; to keep it, change expires in ${file}`,
        page: `policies/${id}`,
      };
}
