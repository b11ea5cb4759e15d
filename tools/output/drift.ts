import type { Drift } from '../contract/shapes.ts';

/** Where things do not agree, a line each; one line for an environment in which everything does. */
export function driftText({ environments }: Drift): string {
  const lines = environments.flatMap(({ environment, drifts }) =>
    drifts.length === 0
      ? [`${environment}: git, the store and the components agree`]
      : [
          `${environment}: ${drifts.length} ${drifts.length === 1 ? 'difference' : 'differences'}`,
          ...drifts.map(({ subject, message, remedy }) => `  ${subject}: ${message}; ${remedy}`),
        ],
  );
  return `${lines.join('\n')}\n`;
}
