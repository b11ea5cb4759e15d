import { didYouMean } from '../../finding/nearest.ts';
import type { LoadedEnvironment } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';

export const imageDigests: Rule = {
  id: 'image-digests',
  says: 'Ensure that a digest of its own is given to rings that name components, and to components that run the image.',
  why: 'A digest for a canary that does not exist is tried by nobody, and the next environment would get the image untried.',
  whole: true,
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const { id, images } = environment.value;
      for (const [image, value] of Object.entries(images)) {
        const known = targetsOf(environment, image);
        for (const target of Object.keys(('digests' in value && value.digests) || {})) {
          if (known.includes(target)) continue;
          const shared = environment.value.rings.some((ring) => ring.id === target && !ring.components);
          const message = shared
            ? `ring \`${target}\` names no components`
            : `${id} has no ring and no component ${target} that runs ${image}`;
          yield finding(imageDigests.id, environment, ['images', image, 'digests', target], {
            message,
            remedy: shared
              ? 'a share is of whoever there is: name the component instead'
              : didYouMean(target, known, 'remove it'),
          });
        }
      }
    }
  },
};

/** The kinds of components that run an image; policy agents are beside all of them. */
const RUN: Readonly<Record<string, readonly string[]>> = {
  'intermediate-server': ['intermediate'],
  'app-connector': ['connector'],
  'policy-agent': ['intermediate', 'connector'],
};

/** The components that run an image, and the rings that name one of them. */
function targetsOf({ value, connectors }: LoadedEnvironment, image: string): string[] {
  const all = [
    ...value.intermediates.map(({ id }) => `intermediate/${id}`),
    ...[...connectors.keys()].map((id) => `connector/${id}`),
  ];
  const running = all.filter((component) => RUN[image]?.includes(component.split('/')[0]!));
  const rings = value.rings.filter(({ components = [] }) => components.some((one) => running.includes(one)));
  return [...rings.map(({ id }) => id), ...running];
}
