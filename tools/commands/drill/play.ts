import type { DrillReport, DrillStep } from '../../contract/shapes.ts';
import type { Context } from '../shared/command.ts';
import { type Drill, DRILLS, type RunbookStep } from './drills.ts';
import { Scene } from './scene.ts';

/** A drill's name. */
export type DrillName = keyof typeof DRILLS;

/**
 * Plays a drill on a copy of the company, and counts for how long access was right meanwhile.
 * @param tell told of each step before it is done
 * @throws Fault where a step does not come to what the runbook says
 */
export async function play(
  name: DrillName,
  environment: string,
  context: Context,
  tell: (step: RunbookStep) => void,
): Promise<DrillReport> {
  const { section, steps }: Drill = DRILLS[name];
  const scene = await Scene.open(context.root, environment);
  try {
    await scene.run('npx ztna publish --env <env> --execute', context);
    scene.watch.want(await scene.parts());
    await scene.deploy();
    await scene.settled();
    scene.watch.start();
    const done: DrillStep[] = [];
    for (const step of steps) {
      tell(step);
      done.push(await carryOut(step, scene, context));
    }
    await scene.settled();
    const { right, late, denied } = await scene.watch.stop();
    const access = { rightMs: Math.round(right), lateMs: Math.round(late), deniedMs: Math.round(denied) };
    return { drill: name, environment, section, steps: done, access };
  } finally {
    await scene.close();
  }
}

async function carryOut(step: RunbookStep, scene: Scene, context: Context): Promise<DrillStep> {
  const from = performance.now();
  const { kind, says } = step;
  if (step.kind === 'command') {
    await scene.run(says, context, step.status);
    if (step.status === undefined) await scene.settled();
  } else await step.act(scene, context);
  if (kind === 'change') await scene.commit(says);
  return { kind, says, milliseconds: Math.round(performance.now() - from) };
}
