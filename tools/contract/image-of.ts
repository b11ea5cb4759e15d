import type { Environment } from './shapes.ts';

/** The images that components run. */
export type ComponentImage = 'intermediate-server' | 'app-connector' | 'policy-agent';

/**
 * Where the image of a component is, by its digest: the component's own goes before that of a ring which names it, and
 * this before everybody's. Terraform says the same in `terraform/stacks/environment/main.tf`.
 */
export function imageOf(
  { account, region, images, rings }: Pick<Environment, 'account' | 'region' | 'images' | 'rings'>,
  image: ComponentImage,
  component: string,
): string {
  const { repository, digest, digests = {} } = images[image];
  const ring = rings.find(({ components }) => components?.includes(component))?.id ?? '';
  const own = digests[component] ?? digests[ring] ?? digest;
  return `${account}.dkr.ecr.${region}.amazonaws.com/${repository}@${own}`;
}
