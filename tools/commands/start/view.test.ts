import * as assert from 'uvu/assert';
import type { ProbeAnswer } from '../../local/probes.ts';
import { suite } from '../../testing/suite.ts';
import { View } from './view.ts';

const test = suite('commands: what start draws again and again');

/** A window as ECMA-48 has it, as far as the view uses it: what has left it above stays, and is out of reach. */
class Window {
  readonly rows = [''];
  readonly columns: number;
  readonly height: number;

  constructor(columns: number, height: number) {
    [this.columns, this.height] = [columns, height];
  }

  write(text: string): void {
    for (const [part, up, command] of text.matchAll(/\u001b\[(\d*)([A-Zm])(?:\u001b\[0J)?|[^\u001b]/g)) {
      if (command === 'A') this.rows.splice(this.rows.length - Math.min(Number(up), this.height - 1) - 1);
      if (command === 'A') this.rows.push('');
      if (part === '\n' || (!command && this.rows.at(-1)!.length === this.columns)) this.rows.push('');
      if (part !== '\n' && !command) this.rows[this.rows.length - 1] += part;
    }
  }
}

const DENIED =
  'is denied: no policy ever lets this principal reach it; ask the team of the company that owns it';

const answer = (service: string, state: ProbeAnswer['state']): ProbeAnswer => ({
  ...{ service, protocol: 'tcp', port: 443, state },
  says: state === 'denied' ? `${service} port 443 ${DENIED}` : '',
});

for (const [columns, rows] of [
  [80, 24],
  [80, 12],
  [40, 24],
  [200, 60],
] as const)
  test(`in a window of ${columns} by ${rows} nothing of what was drawn before is left`, () => {
    const window = new Window(columns, rows);
    const view = new View(
      { out: (text) => window.write(text), terminal: true, window: () => ({ columns, rows }) },
      'lab',
    );
    view.update(new Map([['connector/apps', { sequence: 1, state: 'enforcing' }]]));
    const services = Array.from({ length: 16 }, (_, index) => `service-${index}`);
    for (const round of [1, 2, 3])
      for (const [index, service] of services.entries())
        view.answer(answer(service, (index + round) % 2 === 0 ? 'denied' : 'reached'));
    const drawn = window.rows.filter((row) => /[●○]/.test(row));
    assert.is(drawn.filter((row) => row.includes('connector/apps')).length, 1);
    assert.is(new Set(drawn).size, drawn.length);
    assert.ok(window.rows.every((row) => row.length <= columns));
    assert.is(drawn.length, Math.min(17, rows - 2));
    assert.is(window.rows.filter((row) => row.includes('more, in a window')).length, rows > 18 ? 0 : 1);
  });

test('why a path is denied is said once, without service and port for a second time', () => {
  const lines: string[] = [];
  const view = new View({ out: (text) => lines.push(text), terminal: false }, 'lab');
  view.answer(answer('wiki', 'denied'));
  view.answer({ ...answer('dns', 'no answer'), says: 'dns port 443 is allowed, but its backend is silent' });
  assert.equal(
    lines.map((line) => line.trim().replace(/ +/g, ' ')),
    [
      `wiki tcp/443 denied: ${DENIED.replace('is denied: ', '')}`,
      'dns tcp/443 no answer: allowed, but its backend is silent',
    ],
  );
});

test.run();
