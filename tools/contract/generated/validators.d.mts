// Generated from schemas/ by `npm run generate`. Do not edit.
import type { ErrorObject } from 'ajv';
import type * as types from './types.ts';
/** Answers whether a value fits its schema, and leaves what is wrong in `errors`. */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}
export const validateAccessLog: Validator<types.AccessLog>;
export const validateAccessTest: Validator<types.AccessTest>;
export const validateAck: Validator<types.Ack>;
export const validateAnswer: Validator<types.Answer>;
export const validateApplied: Validator<types.Applied>;
export const validateBundleIndex: Validator<types.BundleIndex>;
export const validateConnector: Validator<types.Connector>;
export const validateDifference: Validator<types.Difference>;
export const validateDrift: Validator<types.Drift>;
export const validateDropReason: Validator<types.DropReason>;
export const validateEnforcement: Validator<types.Enforcement>;
export const validateEntry: Validator<types.Entry>;
export const validateEnvelope: Validator<types.Envelope>;
export const validateEnvironment: Validator<types.Environment>;
export const validateExplanation: Validator<types.Explanation>;
export const validateFigures: Validator<types.Figures>;
export const validateFindings: Validator<types.Findings>;
export const validateGroup: Validator<types.Group>;
export const validateGuardrails: Validator<types.Guardrails>;
export const validateHistory: Validator<types.History>;
export const validateListing: Validator<types.Listing>;
export const validatePart: Validator<types.Part>;
export const validatePolicy: Validator<types.Policy>;
export const validatePublishPlan: Validator<types.PublishPlan>;
export const validatePullRequest: Validator<types.PullRequest>;
export const validateRequest: Validator<types.Request>;
export const validateRevoked: Validator<types.Revoked>;
export const validateService: Validator<types.Service>;
export const validateSharedKeys: Validator<types.SharedKeys>;
export const validateStatus: Validator<types.Status>;
