import type { Guardrail } from './change.ts';
import { approvers } from './guardrails/approvers.ts';
import { destinations } from './guardrails/destinations.ts';
import { epochs } from './guardrails/epochs.ts';
import { environments } from './guardrails/environments.ts';
import { gains } from './guardrails/gains.ts';
import { lastConnectors } from './guardrails/last-connectors.ts';
import { massLosses } from './guardrails/mass-losses.ts';
import { unapprovedOverrides } from './guardrails/unapproved-overrides.ts';
import { networks } from './guardrails/networks.ts';
import { ownership } from './guardrails/ownership.ts';
import { protectedServices } from './guardrails/protected-services.ts';
import { renames } from './guardrails/renames.ts';
import { revocations } from './guardrails/revocations.ts';
import { trust } from './guardrails/trust.ts';
import { weakenedGuardrails } from './guardrails/weakened-guardrails.ts';
import { weakenedTests } from './guardrails/weakened-tests.ts';

/** Every guardrail that needs the base. An override may name each but the last. */
export const GUARDRAILS: readonly Guardrail[] = [
  massLosses,
  gains,
  protectedServices,
  weakenedGuardrails,
  weakenedTests,
  approvers,
  ownership,
  lastConnectors,
  environments,
  epochs,
  networks,
  renames,
  destinations,
  revocations,
  trust,
  unapprovedOverrides,
];
