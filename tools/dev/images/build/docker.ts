import { type Engine, run } from './engine.ts';
import { tagOf } from './images.ts';
import { ownArchitecture } from './machine.ts';

/** Where nobody listens: a program that is asked about it starts, looks and ends. */
export const NOBODY = 'http://127.0.0.1:9/healthz';

/** Builds with Docker, and bases that it fetches. @param root the repository's folder */
export function docker(root: string): Engine {
  return {
    name: 'docker',
    build(image, architecture) {
      // Only where it is another one: builders without BuildKit do not know the word.
      const platform = architecture === ownArchitecture() ? [] : ['--platform', `linux/${architecture}`];
      const file = ['--file', `images/${image.name}/Dockerfile`, '--tag', tagOf(image)];
      run(['docker', 'build', ...platform, ...file, '.'], { cwd: root });
    },
    save(image, file) {
      run(['docker', 'save', '--output', file, tagOf(image)]);
    },
    started: (image) => ({
      command: [
        ...['docker', 'run', '--rm', '--network', 'none', '--entrypoint', '/usr/bin/healthcheck'],
        ...[tagOf(image), NOBODY],
      ],
      end: () => {},
    }),
  };
}
