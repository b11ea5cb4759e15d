import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { command, type Context, type Option, type OptionsOf } from './command.ts';

const test = suite('commands: what a declaration says of its input');

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const OPTIONS = [
  { flags: '--env <id>', description: '', required: true },
  { flags: '--applied-url <url>', description: '' },
  { flags: '--device <name=value...>', description: '', many: true },
  { flags: '--only <part>', description: '', choices: ['additions', 'removals'] },
  { flags: '--propose-revert', description: '', fallback: 'no' },
  { flags: '--no-cache', description: '' },
] as const satisfies readonly Option[];

type Given = OptionsOf<typeof OPTIONS>;

test('each option has the type that its declaration gives it', () => {
  const types: [
    Same<Given['env'], string>,
    Same<Given['appliedUrl'], string | undefined>,
    Same<Given['device'], readonly string[] | undefined>,
    Same<Given['only'], 'additions' | 'removals' | undefined>,
    Same<Given['proposeRevert'], boolean | undefined>,
    Same<Given['cache'], boolean | undefined>,
    Same<keyof Given, 'env' | 'appliedUrl' | 'device' | 'only' | 'proposeRevert' | 'cache'>,
  ] = [true, true, true, true, true, true, true];
  assert.ok(types.every(Boolean));
});

test('an option that is not declared does not compile, and arguments are told apart', async () => {
  const declared = command({
    name: 'try',
    summary: '',
    arguments: [
      { name: '<who>', description: '' },
      { name: '[what]', description: '' },
    ],
    options: OPTIONS,
    async run({ arguments: [who, what], options }) {
      const types: [Same<typeof who, string>, Same<typeof what, string | undefined>] = [true, true];
      // @ts-expect-error there is no such option
      assert.is(options.region, undefined);
      return types.every(Boolean) && who === 'ann' && what === undefined && options.env === 'lab' ? 0 : 1;
    },
  });
  const input = { arguments: ['ann', undefined], options: { env: 'lab' } };
  assert.is(await declared.run(input, {} as Context), 0);
});

test.run();
