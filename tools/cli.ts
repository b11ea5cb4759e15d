/** The command line: the only file that touches arguments, the environment and exit codes. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command as Program, CommanderError, Option as ProgramOption } from 'commander';
import { COMMANDS } from './commands/all.ts';
import { Fault, faultText } from './contract/fault.ts';
import type { Command, Context, ExitStatus } from './commands/shared/command.ts';

const interrupt = new AbortController();

// The SDK would warn of Node 20 at every command; the lock file keeps a version of it that runs there.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

process.exitCode = await main(process.argv.slice(2));

/** Interrupted once, commands end in order; twice, at once. */
function stop(): void {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
}

async function main(words: readonly string[]): Promise<ExitStatus> {
  const name = words[0] ?? '';
  const load = COMMANDS[name];
  try {
    if (load) return await runCommand(await load(), words.slice(1));
    return await listCommands(name);
  } catch (error) {
    return report(error);
  }
}

async function runCommand(command: Command, words: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = programOf(command).action(async (...given: unknown[]) => {
    const count = command.arguments?.length ?? 0;
    const input = {
      arguments: given.slice(0, count) as (string | undefined)[],
      options: given[count] as Record<string, unknown>,
    };
    status = await command.run(input, context());
  });
  await program.parseAsync([...words], { from: 'user' });
  return status;
}

function programOf({
  name,
  summary,
  arguments: positional = [],
  options = [],
  examples = [],
}: Command): Program {
  const program = new Program(`npm run ${name} --`)
    .description(summary)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`see: npm run ${name} -- --help`);
  for (const argument of positional) program.argument(argument.name, argument.description);
  for (const { flags, description, fallback, required, choices, many } of options) {
    const option = new ProgramOption(
      flags,
      fallback === undefined ? description : `${description} (default: ${fallback})`,
    );
    if (choices) option.choices([...choices]);
    if (many) option.argParser((value: string, before: string[] = []) => [...before, value]).variadic = false;
    if (required) option.makeOptionMandatory();
    program.addOption(option);
  }
  if (examples.length > 0)
    program.addHelpText('after', `\nExamples:\n${examples.map((one) => `  ${one}`).join('\n')}`);
  return program;
}

async function listCommands(asked: string): Promise<ExitStatus> {
  const help = asked === '' || asked === 'help' || asked === '--help' || asked === '-h';
  if (!help)
    throw new Fault(`there is no command ${asked}`, `try one of ${Object.keys(COMMANDS).join(', ')}`);
  for (const load of Object.values(COMMANDS)) {
    const { name, summary } = await load();
    process.stdout.write(`  npm run ${name.padEnd(14)} ${summary}\n`);
  }
  return 0;
}

/** Says in one sentence what went wrong; a stack only for what is our own fault, and only when asked for. */
function report(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { aborted } = interrupt.signal;
  if (error instanceof Fault) {
    if (!(aborted && error.interrupted)) process.stderr.write(faultText(error));
    return error.status;
  }
  if (aborted) return 2;
  const { message, stack } = error as Error;
  const debug = process.env['ZTNA_DEBUG'] === '1';
  process.stderr.write(
    debug
      ? `${stack}\n`
      : `this is a defect of the tool: ${message}; run again with ZTNA_DEBUG=1 and report it\n`,
  );
  return 2;
}

function context(): Context {
  const root = rootOf(process.cwd());
  return {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    terminal: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    signal: interrupt.signal,
    env: process.env,
  };
}

/** The nearest folder upwards that has `policies/`. */
function rootOf(folder: string): string {
  if (existsSync(join(folder, 'policies'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Fault('there is no policies/ folder here or above', 'run this inside the repository');
  return rootOf(parent);
}
