import { connectorsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

export const proxyProtocols: Rule = {
  id: 'proxy-protocols',
  says: 'Ensure that only services of TCP are led to their backend with a PROXY protocol header.',
  why: 'The header begins a TCP connection; a backend of UDP would take it for what a client sent.',
  whole: true,
  *check(repository) {
    for (const { file } of connectorsOf(repository))
      for (const [index, { service, proxyProtocol }] of file.value.services.entries())
        if (proxyProtocol && repository.services.get(service)?.value.protocol === 'udp')
          yield finding(proxyProtocols.id, file, ['services', index, 'proxyProtocol'], {
            message: `\`${service}\` is a service of UDP, which has no PROXY protocol`,
            remedy: 'remove `proxyProtocol`',
            edits: [{ path: ['services', index, 'proxyProtocol'], remove: true }],
          });
  },
};
