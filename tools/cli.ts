/** The command line: the only file that touches arguments, the environment and exit codes. `bin/ztna.js` starts it. */
import { print, textBlock, textLine, textLines } from './contract/terminal-text.ts';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command as Program, CommanderError, Option as ProgramOption } from 'commander';
import { Fault, faultText } from './contract/fault.ts';
import { systemFault } from './contract/system-fault.ts';
import { nearest } from './finding/nearest.ts';
import type { Command, Context, ExitStatus } from './commands/shared/command.ts';

const interrupt = new AbortController();

// The SDK would warn of Node 20 at every command; the lock file keeps a version of it that runs there.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// A terminal that is closed: what runs must end with it.
process.on('SIGHUP', stop);
// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

/** What asks for the list of commands, or, before the name of one, for what that takes. */
const HELP = ['help', '--help', '-h'];

/** What asks which version this is. */
const VERSION = ['--version', '-V', 'version'];

/** By name, what loads a command. */
type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** Runs the command that the arguments name, one of those given; the process then ends with its status. */
export async function run(commands: Commands): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), commands);
}

/** Interrupted once, commands end in order; twice, at once. */
function stop(): void {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
}

async function main(words: readonly string[], commands: Commands): Promise<ExitStatus> {
  const [name = '', ...rest] = words;
  if (VERSION.includes(name)) return tellVersion();
  const named = (one: string) => (Object.hasOwn(commands, one) ? commands[one] : undefined);
  try {
    const load = named(name);
    if (load) return await runCommand(await load(), rest);
    const explained = HELP.includes(name) && rest[0] !== undefined ? named(rest[0]) : undefined;
    if (explained) return await runCommand(await explained(), ['--help']);
    return await listCommands(name, rest, commands);
  } catch (error) {
    return report(error);
  }
}

/** Nothing is released under a number: a version is a commit of the clone that this runs from. */
async function tellVersion(): Promise<ExitStatus> {
  const { findCommit, isRepository } = await import('./git/git.ts');
  const root = rootOf(process.cwd());
  const commit = (await isRepository(root)) ? await findCommit(root, 'HEAD') : undefined;
  print(
    process.stdout,
    textLine(`ztna ${commit?.slice(0, 12) ?? 'of no commit'}, Node.js ${process.version}`),
  );
  return 0;
}

async function runCommand(command: Command, words: readonly string[]): Promise<ExitStatus> {
  refuseSwallowed(command, words);
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
  const program = new Program(`npx ztna ${name}`)
    .description(summary)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(whereToLook(name))
    // What was typed may be the text of another, as in a workflow.
    .configureOutput({
      writeOut: (text) => print(process.stdout, textBlock(text)),
      writeErr: (text) => print(process.stderr, textBlock(text)),
    });
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

/** Where help is; by `npm run`, also why a value may have come without its option: npm tells of few that it took. */
function whereToLook(name: string): string {
  const help = `see: npx ztna ${name} --help`;
  if (process.env['npm_lifecycle_event'] !== name) return help;
  return `${help}\nnpm may have taken an option for its own: run npx ztna ${name}, which needs no --, or npm run ${name} -- <options>`;
}

/** npm takes options before `--` for its own, and hands most of them on in the environment alone. */
function refuseSwallowed({ name, options = [] }: Command, words: readonly string[]): void {
  if (process.env['npm_lifecycle_event'] !== name) return;
  const kept = options
    .map(({ flags }) => /(--[a-z-]+)( <.+>)?/.exec(flags)!)
    .filter(([, flag]) => process.env[`npm_config_${flag!.slice(2).replaceAll('-', '_')}`])
    .filter(([, flag]) => !words.some((word) => word.split('=')[0] === flag));
  if (kept.length === 0) return;
  const flags = kept.map(([, flag]) => flag).join(' and ');
  const valued = kept.filter(([, , value]) => value !== undefined).length;
  const lost = valued === 0 ? '' : valued === 1 ? ', and a value is lost' : ', and their values are lost';
  throw new Fault(
    `npm took ${flags} for ${kept.length === 1 ? 'an option' : 'options'} of its own${lost}; nothing was done`,
    `run npx ztna ${name}, which needs no --, or put -- before the options: npm run ${name} -- ${kept.map(([text]) => text).join(' ')}`,
  );
}

async function listCommands(asked: string, rest: readonly string[], commands: Commands): Promise<ExitStatus> {
  const wrong = HELP.includes(asked) ? rest[0] : asked;
  if (wrong) throw unknownCommand(wrong, Object.keys(commands));
  print(process.stdout, textLines(['Usage: npx ztna <command> [options]', '']));
  for (const load of Object.values(commands)) {
    const { name, summary } = await load();
    print(process.stdout, textLine(`  ${name.padEnd(14)} ${summary}`));
  }
  print(process.stdout, textLines(['', 'npx ztna <command> --help says what a command takes.']));
  return 0;
}

function unknownCommand(asked: string, names: readonly string[]): Fault {
  if (asked.startsWith('-'))
    return new Fault(
      `${asked} is where the command belongs`,
      'type npx ztna <command> first; see: npx ztna --help',
    );
  const near = nearest(asked, names);
  const list = `the commands are ${names.join(', ')}`;
  return new Fault(`there is no command ${asked}`, near ? `did you mean ${near}? ${list}` : list);
}

/** Says in one sentence what went wrong; a stack only for what is our own fault, and only when asked for. */
function report(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { aborted } = interrupt.signal;
  if (error instanceof Fault) {
    if (!(aborted && error.interrupted)) print(process.stderr, faultText(error));
    return error.status;
  }
  if (aborted) return 2;
  const refused = systemFault(error);
  if (refused) return report(refused);
  const { message, stack } = error as Error;
  const debug = process.env['ZTNA_DEBUG'] === '1';
  const says = `this is a defect of the tool: ${message}; run again with ZTNA_DEBUG=1 and report it`;
  print(process.stderr, debug ? textBlock(stack ?? says) : textLine(says));
  return 2;
}

/** Asks the person at the terminal, who may also end it. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: interrupt.signal });
  } finally {
    lines.close();
  }
}

function context(): Context {
  const root = rootOf(process.cwd());
  return {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => print(process.stdout, text),
    err: (text) => print(process.stderr, text),
    ...(process.stdin.isTTY === true && process.stdout.isTTY === true && { ask }),
    terminal: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    ...(process.stdout.isTTY === true && {
      window: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
    }),
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
