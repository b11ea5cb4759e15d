import type { Context, Status } from '../shared/command.ts';

/** One thing that is done with GitHub beside what a pull request or a merge is about. */
export type Action = (options: Record<string, unknown>, context: Context) => Promise<Status>;
