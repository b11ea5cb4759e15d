import * as assert from 'uvu/assert';
import type { AccessChange } from '../../../tools/contract/shapes.ts';
import { suite } from '../../../tools/testing/suite.ts';
import { AccessRows } from './parts.tsx';

const test = suite('admin panel: parts of pages');

test('who reaches much is told all of it, in the words of the command', () => {
  const services = ['artifacts', 'ci', 'invoices', 'source', 'voice', 'wiki'];
  const change: AccessChange = {
    ...{ principals: ['guest@example.com'], anyoneElse: false, from: 'compile', causes: [] },
    services: services.map((service) => ({ service, protocol: 'tcp', ports: [[443, 443]] })),
    conditions: [],
  };
  const links = { ofId: (id: string) => `/${id}`, ofName: () => undefined, ofPlace: () => undefined };
  const page = String(AccessRows({ access: [change], environment: 'live', links }));
  assert.equal(
    services.filter((id) => !page.includes(`href="/${id}"`)),
    [],
  );
});

test.run();
