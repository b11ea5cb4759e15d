// Generated from schemas/ by `npm run generate`. Do not edit.
import type { ErrorObject } from 'ajv';
/** Answers whether a value fits its schema, and leaves what is wrong in `errors`. */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}
export { validateAccessLog } from './validators/access-log.ts';
export { validateAccessTest } from './validators/access-test.ts';
export { validateAck } from './validators/ack.ts';
export { validateAgentConfig } from './validators/agent-config.ts';
export { validateAnnouncement } from './validators/announcement.ts';
export { validateAnswer } from './validators/answer.ts';
export { validateApplied } from './validators/applied.ts';
export { validateBecause } from './validators/because.ts';
export { validateBundleIndex } from './validators/bundle-index.ts';
export { validateConnector } from './validators/connector.ts';
export { validateDeliveryRecord } from './validators/delivery-record.ts';
export { validateDifference } from './validators/difference.ts';
export { validateDrift } from './validators/drift.ts';
export { validateDrillReport } from './validators/drill-report.ts';
export { validateDropReason } from './validators/drop-reason.ts';
export { validateEnforcement } from './validators/enforcement.ts';
export { validateEntry } from './validators/entry.ts';
export { validateEnvelope } from './validators/envelope.ts';
export { validateEnvironment } from './validators/environment.ts';
export { validateEnvironments } from './validators/environments.ts';
export { validateExplanation } from './validators/explanation.ts';
export { validateFigures } from './validators/figures.ts';
export { validateFindings } from './validators/findings.ts';
export { validateFixes } from './validators/fixes.ts';
export { validateGroup } from './validators/group.ts';
export { validateGuardrails } from './validators/guardrails.ts';
export { validateHistory } from './validators/history.ts';
export { validateListing } from './validators/listing.ts';
export { validatePanel } from './validators/panel.ts';
export { validatePart } from './validators/part.ts';
export { validatePast } from './validators/past.ts';
export { validatePolicy } from './validators/policy.ts';
export { validateProposedChange } from './validators/proposed-change.ts';
export { validatePublishPlan } from './validators/publish-plan.ts';
export { validatePullRequest } from './validators/pull-request.ts';
export { validateRequest } from './validators/request.ts';
export { validateRevoked } from './validators/revoked.ts';
export { validateService } from './validators/service.ts';
export { validateSharedKeys } from './validators/shared-keys.ts';
export { validateStatus } from './validators/status.ts';
