import { targetOf, type BackendTarget } from '../common/backend.ts';
import { registrationsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

export const backendForm: Rule = {
  id: 'backend-form',
  says: 'Ensure that every backend is a DNS name or an address, with a port that exists.',
  why: 'Resolvers read 127.1, 0x7f000001 and 010.0.0.1 as addresses that nobody sees at a glance; what is reviewed must be what is connected to.',
  *check(repository) {
    for (const { file, registration, path } of registrationsOf(repository)) {
      const wrong = fault(registration.backend, targetOf(registration.backend));
      if (!wrong) continue;
      yield finding(backendForm.id, file, [...path, 'backend'], {
        message: `backend ${registration.backend} ${wrong}`,
        expected: 'a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443',
        remedy: 'correct it',
      });
    }
  },
};

function fault(backend: string, { host, address, port }: BackendTarget): string | undefined {
  if (port !== undefined && port > 65535) return 'has a port beyond 65535';
  if (address) return undefined;
  if (backend.startsWith('[')) return 'has no IPv6 address in its brackets';
  const names = host.split('.');
  // No top-level domain is a number (RFC 3696, section 2): such a name is an address badly written.
  if (/^(0x[0-9a-f]*|[0-9]+)$/.test(names.at(-1)!)) return 'is no address that can be read in one way';
  if (host.length > 253) return 'is longer than a DNS name can be';
  const bad = names.some((name) => name.length > 63 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name));
  return bad ? 'is no DNS name' : undefined;
}
