import type {
  AccessTest,
  Connector,
  Environment,
  Group,
  Guardrails,
  Policy,
  Revoked,
  Service,
} from './generated/types.ts';
import * as validators from './generated/validators.ts';
import type { Validator } from './generated/validators.ts';

/** What each kind of file holds. */
export interface FileKinds {
  service: Service;
  group: Group;
  policy: Policy;
  'access-test': AccessTest;
  guardrails: Guardrails;
  revoked: Revoked;
  environment: Environment;
  connector: Connector;
}

/** The name of a kind of file; its schema is `schemas/<kind>.schema.json`. */
export type Kind = keyof FileKinds;

/** Where files of a kind are, and what they must hold. */
export interface KindOfFile<K extends Kind = Kind> {
  kind: K;
  /** Path below the repository's root; `*` is one name. */
  path: string;
  /** Which part of the path `id` must repeat; absent for files without an id. */
  idFrom?: 'file' | 'folder';
  validate: Validator<FileKinds[K]>;
}

/** Every kind of file that people edit: the one list that load, check and the editors' settings go by. */
export const KINDS: readonly KindOfFile[] = [
  { kind: 'service', path: 'policies/services/*.yaml', idFrom: 'file', validate: validators.validateService },
  { kind: 'group', path: 'policies/groups/*.yaml', idFrom: 'file', validate: validators.validateGroup },
  { kind: 'policy', path: 'policies/access/*.yaml', idFrom: 'file', validate: validators.validatePolicy },
  {
    kind: 'access-test',
    path: 'policies/tests/*.yaml',
    idFrom: 'file',
    validate: validators.validateAccessTest,
  },
  { kind: 'guardrails', path: 'policies/guardrails.yaml', validate: validators.validateGuardrails },
  { kind: 'revoked', path: 'policies/revoked.yaml', validate: validators.validateRevoked },
  {
    kind: 'environment',
    path: 'environments/*/environment.yaml',
    idFrom: 'folder',
    validate: validators.validateEnvironment,
  },
  {
    kind: 'connector',
    path: 'environments/*/connectors/*.yaml',
    idFrom: 'file',
    validate: validators.validateConnector,
  },
];
