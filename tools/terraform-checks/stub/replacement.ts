import { UnknownValue, type Values } from './wire.ts';

/**
 * Arguments whose change makes a new resource, of the kinds that come anew when an image does; by the provider's
 * documentation, since its schema does not tell. What is not known yet counts as changed.
 */
const ANEW: Readonly<Record<string, readonly string[]>> = {
  aws_instance: ['ami', 'associate_public_ip_address', 'subnet_id'],
  aws_ssm_association: ['name'],
  aws_ecs_task_definition: [
    'container_definitions',
    'cpu',
    'execution_role_arn',
    'family',
    'memory',
    'network_mode',
    'requires_compatibilities',
    'runtime_platform',
    'task_role_arn',
    'volume',
  ],
};

/** The arguments for whose sake a resource is made anew instead of changed; none where it is changed. */
export function replacedBy(type: string, before: Values, after: Values): string[] {
  const differs = (name: string): boolean => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const unknown = (name: string): boolean => after[name] instanceof UnknownValue;
  const fixed = (ANEW[type] ?? []).filter((name) => unknown(name) || differs(name));
  if (type !== 'aws_instance') return fixed;
  // The real provider asks these two only of what is known: an instance whose user data is not known while planning is
  // planned to be changed, and wants to be made anew while that plan is applied, which Terraform refuses.
  const anew = after['user_data_replace_on_change'] === true;
  const script = ['user_data', 'user_data_base64'].filter((name) => anew && !unknown(name) && differs(name));
  const [was, is] = [before, after].map((one) => architectureOf(String(one['instance_type'])));
  return [...fixed, ...script, ...(was === is ? [] : ['instance_type'])];
}

/** What an EC2 instance type runs: Graviton's have a `g` after the generation. */
export const architectureOf = (type: string): 'arm64' | 'x86_64' =>
  /^[a-z]+\d+g/.test(type) ? 'arm64' : 'x86_64';
