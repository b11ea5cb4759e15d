import type { RuleExample } from '../example.ts';
import { ofBackends } from './backends.ts';
import { ofEnvironments } from './environments.ts';
import { ofNetworks } from './networks.ts';
import { ofPeople } from './people.ts';
import { ofPolicies } from './policies.ts';
import { ofServices } from './services.ts';
import { ofTests } from './tests.ts';

/** Every example of every rule. */
export const EXAMPLES: readonly RuleExample[] = [
  ...ofServices,
  ...ofPeople,
  ...ofPolicies,
  ...ofNetworks,
  ...ofEnvironments,
  ...ofBackends,
  ...ofTests,
];
