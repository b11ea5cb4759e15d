import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../../../tools/testing/suite.ts';
import { LIVE, newScene, until, type PanelScene } from './scene.ts';

const test = suite<{ scene: PanelScene }>('admin panel: whatever its description allows');

/** Where `npm run prove:panel` installs it. */
const PROGRAM = process.env['ZTNA_SCHEMATHESIS'];

if (!PROGRAM || !existsSync(PROGRAM))
  test.skip('schemathesis', 'it cannot be installed here: python3 -m venv, pip install schemathesis');
else {
  test.before(async (context) => {
    context.scene = await newScene({ looks: { burst: 1e6, perSecond: 1e6 } });
    await context.scene.publish();
    await until(
      'it is known',
      async () =>
        (await context.scene.ask(`/api/v1/history?env=${LIVE}`)).body.environments[0]?.entries.length === 1,
    );
  });
  test.after(({ scene }) => scene.close());

  test('no answer is a defect, and none is of another form than described', async ({ scene }) => {
    const words = [
      ...['run', `${scene.panel.url}/api/v1/openapi.json`, '--url', `${scene.panel.url}/api/v1`],
      // A stream has no end that could be waited for.
      ...[
        '--exclude-path',
        '/events',
        '--checks',
        'all',
        '--max-examples',
        '30',
        '--seed',
        '1',
        '--workers',
        '1',
      ],
      // Values that the schema forbids and the reader of a kind takes are answered; what is not there is "not found".
      ...[
        '--exclude-checks',
        'positive_data_acceptance,ignored_auth,use_after_free,ensure_resource_availability',
      ],
      ...['--phases', 'examples,coverage,fuzzing'],
    ];
    const { status, output } = await run(PROGRAM, words, scene.state);
    console.log(output.slice(-3000));
    assert.is(status, 0);
    assert.ok(Number(/(\d+) generated/.exec(output)?.[1]) > 500, 'hardly anything was asked');
    assert.equal(
      scene.log.filter((line) => 'defect' in line),
      [],
    );
  });
}

/** @param folder for what it keeps between runs */
function run(
  program: string,
  words: readonly string[],
  folder: string,
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      { cwd: folder, maxBuffer: 1 << 26, timeout: 800_000 },
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? 1, output: stdout + stderr }),
    );
  });
}

test.run();
