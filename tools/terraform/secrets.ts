import type { Connector, Environment } from '../contract/shapes.ts';

/** The parameters that an environment's components are started with, and that a person or a CA stores. */
export function secretsOf({ id }: Pick<Environment, 'id'>, connectors: readonly Connector[]): string[] {
  const own = connectors.filter(({ runs }) => runs === 'fargate').map((one) => `connector/${one.id}`);
  return ['intermediate', ...own].map((component) => `/ztna-secret/${id}/${component}/tls`);
}

/** How one of them is stored: a chain with its key may be longer than the 4,096 characters of a standard parameter. */
export const storeLine = (environment: string, name: string): string =>
  `aws ssm put-parameter --type SecureString --tier Intelligent-Tiering --key-id alias/ztna-${environment}-data --name ${name} --value file://tls.pem`;
