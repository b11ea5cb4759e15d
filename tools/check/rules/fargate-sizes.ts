import type { Size } from '../../contract/shapes.ts';
import { connectorsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

/** Least, most and step of a task's memory in MiB, by its CPU units (AWS, Fargate task sizes). */
const MEMORY: Record<Size['cpu'], readonly number[] | { from: number; to: number; step: number }> = {
  256: [512, 1024, 2048],
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16384, step: 1024 },
  4096: { from: 8192, to: 30720, step: 1024 },
};

export const fargateSizes: Rule = {
  id: 'fargate-sizes',
  says: "Ensure that a connector's memory goes with its CPU.",
  why: 'Fargate knows certain pairs only, and refuses others in the middle of an apply.',
  *check(repository) {
    for (const { file } of connectorsOf(repository)) {
      const { size } = file.value;
      if (!size || fits(size)) continue;
      yield finding(fargateSizes.id, file, ['size', 'memory'], {
        message: `Fargate has no task of ${size.cpu} CPU units with ${size.memory} MiB`,
        expected: range(size.cpu),
        remedy: 'change `memory` or `cpu`',
      });
    }
  },
};

function fits({ cpu, memory }: Size): boolean {
  const sizes = MEMORY[cpu];
  if ('step' in sizes) return memory >= sizes.from && memory <= sizes.to && memory % sizes.step === 0;
  return sizes.includes(memory);
}

function range(cpu: Size['cpu']): string {
  const sizes = MEMORY[cpu];
  return 'step' in sizes
    ? `${sizes.from} to ${sizes.to} in steps of ${sizes.step}`
    : `one of ${sizes.join(', ')}`;
}
