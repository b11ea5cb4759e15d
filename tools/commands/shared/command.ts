/** The exit status: 0 no errors, 1 findings, 2 the tool could not do its work. */
export type Status = 0 | 1 | 2;

/** What a command may know of the world; `cli.ts` makes it, tests make their own. */
export interface Context {
  /** The repository's root folder: the nearest one upwards with `policies/`. */
  root: string;
  /** The state folder that git ignores: keys, embedded store, caches. */
  state: string;
  now(): Date;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error: progress, and what is not the result. */
  err(text: string): void;
  /** Whether a person looks on: colour, code frames and progress that redraws. */
  terminal: boolean;
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

/** One command: data for the command line, and what it does. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Positional arguments as in the usage: `[principal]`, `<file>`. */
  arguments?: readonly { name: string; description: string }[];
  options?: readonly Option[];
  /** Real examples, shown in the help. */
  examples?: readonly string[];
  run(
    input: { arguments: readonly (string | undefined)[]; options: Record<string, unknown> },
    context: Context,
  ): Promise<Status>;
}
