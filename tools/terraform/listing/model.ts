import type { Connector, Environment, Service } from '../../contract/shapes.ts';

/** One environment's YAML, as far as infrastructure comes of it. */
export interface EnvironmentFiles {
  environment: Environment;
  connectors: readonly Connector[];
  services: ReadonlyMap<string, Pick<Service, 'protocol' | 'ports'>>;
}

/** Something that Terraform makes: its address, what it is for, and what it is or does, in words. */
export interface Line {
  subject: string;
  address: string;
  says: string;
}

/** Resources of a module that are there once, by their address in it. */
export type FixedResources = Readonly<Record<string, string>>;

/** The lines of a module's fixed resources. */
export const fixed = (subject: string, module: string, resources: FixedResources): Line[] =>
  Object.entries(resources).map(([address, says]) => ({ subject, address: `${module}.${address}`, says }));

/** Lines for each of some things. */
export const each = <T>(things: readonly T[], lines: (thing: T) => Line | Line[]): Line[] =>
  things.flatMap((thing) => lines(thing));

/** `address["key"]` */
export const keyed = (address: string, key: string): string => `${address}[${JSON.stringify(key)}]`;

export const intermediateId = (id: string): string => `intermediate/${id}`;
export const connectorId = (id: string): string => `connector/${id}`;

/** The connectors that Terraform runs. */
export const fargate = ({ connectors }: EnvironmentFiles): Connector[] =>
  connectors.filter(({ runs }) => runs === 'fargate');

/** The connectors that Terraform runs in the environment's own network. */
export const ownFargate = (given: EnvironmentFiles): Connector[] =>
  fargate(given).filter(({ network }) => network === undefined);

/** The connectors that somebody else runs. */
export const external = ({ connectors }: EnvironmentFiles): Connector[] =>
  connectors.filter(({ runs }) => runs === 'external');

/** Components that follow the log in AWS. */
export const followers = (given: EnvironmentFiles): string[] => [
  ...given.environment.intermediates.map(({ id }) => intermediateId(id)),
  ...fargate(given).map(({ id }) => connectorId(id)),
];

/** Components with logs of their own. */
export const components = (given: EnvironmentFiles): string[] => [
  ...followers(given),
  ...(given.environment.adminPanel ? ['admin-panel'] : []),
  ...(given.environment.testBackend ? ['test-backend'] : []),
];

/** The UDP port of an intermediate that names none. */
export const PORT = 4433;

/** Components with a security group in the environment's own network. */
export const inOwnNetwork = (given: EnvironmentFiles): string[] => {
  const elsewhere = fargate(given).flatMap(({ id, network }) =>
    network === undefined ? [] : [connectorId(id)],
  );
  return components(given).filter((one) => !elsewhere.includes(one));
};
