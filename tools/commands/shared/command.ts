import type { TerminalText } from '../../contract/terminal-text.ts';

/** The exit status: 0 no errors, 1 findings, 2 the tool could not do its work. */
export type ExitStatus = 0 | 1 | 2;

/** What a command may know of the world; `cli.ts` makes it, tests make their own. */
export interface Context {
  /** The repository's root folder: the nearest one upwards with `policies/`. */
  root: string;
  /** The state folder that git ignores: keys, embedded store, caches. */
  state: string;
  now(): Date;
  /** Writes to standard output. */
  out(text: TerminalText): void;
  /** Writes to standard error: progress, and what is not the result. */
  err(text: TerminalText): void;
  /** Asks the person who looks on; absent where nobody does. */
  ask?: (question: string) => Promise<string>;
  /** Whether a person looks on: colour, code frames and progress that redraws. */
  terminal: boolean;
  /** How large the window is in which they look on; absent where it has no end. */
  window?: () => { columns: number; rows: number };
  /** Raised when the user interrupts. */
  signal: AbortSignal;
  /** Environment variables, for the few commands that document one. */
  env: Readonly<Record<string, string | undefined>>;
}

/** An option such as `--env <id>`; its value arrives under the camel-case name. */
export interface Option {
  /** As in the usage: `--env <id>`, `--execute`, `--device <name=value...>`. */
  flags: string;
  description: string;
  /** What it is when not given, if anything; documented in the help. */
  fallback?: string;
  required?: boolean;
  /** The only values allowed. */
  choices?: readonly string[];
  /** Whether it may be given more than once; the value is then always a list. */
  many?: boolean;
}

/** A positional argument as in the usage: `[principal]` may be left out, `<file>` may not. */
export interface Argument {
  name: string;
  description: string;
}

/** What a command may be given: what its options say when typed. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** One command: data for the command line, and what it does. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Positional arguments as in the usage: `[principal]`, `<file>`. */
  arguments?: readonly Argument[];
  options?: readonly Option[];
  /** Real examples, shown in the help. */
  examples?: readonly string[];
  run(
    input: { arguments: readonly (string | undefined)[]; options: OptionValues },
    context: Context,
  ): Promise<ExitStatus>;
}

/** `applied-url` as `appliedUrl`, as the command line hands it over. */
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The name under which the value of `--name <value>`, `--name` or `--no-name` arrives. */
type NameOf<Flags extends string> = Flags extends `--no-${infer Name}`
  ? CamelCase<Name>
  : Flags extends `--${infer Name} ${string}`
    ? CamelCase<Name>
    : Flags extends `--${infer Name}`
      ? CamelCase<Name>
      : never;

type ValueOf<O extends Option> = O extends { many: true }
  ? readonly string[]
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : O extends { flags: `${string} <${string}` }
      ? string
      : boolean;

type Required<O extends Option> = Extract<O, { required: true }>;

/** What arrives for options that are declared so: a list of declarations, as a `const`. */
export type OptionsOf<Options extends readonly Option[]> = {
  readonly [O in Required<Options[number]> as NameOf<O['flags']>]: ValueOf<O>;
} & {
  readonly [O in Exclude<Options[number], { required: true }> as NameOf<O['flags']>]?: ValueOf<O> | undefined;
};

type ArgumentsOf<Arguments extends readonly Argument[]> = {
  readonly [I in keyof Arguments]: Arguments[I] extends { name: `<${string}` } ? string : string | undefined;
};

/** A command as it is declared: `run` is given what its own arguments and options say. */
interface Declared<Arguments extends readonly Argument[], Options extends readonly Option[]> extends Omit<
  Command,
  'arguments' | 'options' | 'run'
> {
  arguments?: Arguments;
  options?: Options;
  run(
    input: { arguments: ArgumentsOf<Arguments>; options: OptionsOf<Options> },
    context: Context,
  ): Promise<ExitStatus>;
}

/** Declares a command. The command line hands over what is declared and nothing else, so its input is of that type. */
export function command<
  const Arguments extends readonly Argument[] = readonly [],
  const Options extends readonly Option[] = readonly [],
>(declared: Declared<Arguments, Options>): Command {
  return declared as unknown as Command;
}
