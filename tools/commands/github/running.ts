import { textLine } from '../../contract/terminal-text.ts';
import { isRunning } from '../../github/setup/runs.ts';
import { Fault } from '../../contract/fault.ts';
import { connectNamed, outputs } from '../shared/github.ts';
import type { Action } from './action.ts';

/** Says whether a workflow is running or waiting; the steps that follow learn it as `running`. */
export const running: Action = async (options, context) => {
  const { workflow } = options;
  if (workflow === undefined || !/^[a-z0-9-]+\.yml$/.test(workflow))
    throw new Fault('which workflow?', 'add --workflow, such as merge.yml');
  const found = await isRunning(await connectNamed(options.repository, context), workflow);
  outputs(context, { running: String(found) });
  context.out(textLine(`${workflow} is ${found ? 'running' : 'not running'}`));
  return 0;
};
