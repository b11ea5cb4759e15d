import type { Command, ExitStatus, Context } from '../shared/command.ts';

/** A line of the runbook as a command takes it. */
interface Words {
  arguments: string[];
  options: Record<string, unknown>;
}

/**
 * Carries out a line of the runbook, such as `npx ztna publish --env <env> --execute`, as it is written there.
 * @throws TypeError for an option that the command does not have: then the runbook is wrong
 */
export function runLine(command: Command, line: string, context: Context): Promise<ExitStatus> {
  const words = line.match(/"[^"]*"|\S+/g)!.map((word) => word.replace(/^"|"$/g, ''));
  return command.run(wordsOf(command, words.slice(3)), context);
}

function wordsOf({ options = [] }: Command, words: readonly string[]): Words {
  const read: Words = { arguments: [], options: {} };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (!word.startsWith('--')) {
      read.arguments.push(word);
      continue;
    }
    const option = options.find(({ flags }) => flags.split(' ')[0] === word);
    if (!option) throw new TypeError(`there is no option ${word}`);
    const value = option.flags.includes('<') ? words[(index += 1)]! : true;
    read.options[camelCase(word.slice(2))] = option.many ? [value] : value;
  }
  return read;
}

const camelCase = (name: string): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
