import type { Signer } from '../../contract/dsse.ts';
import type { Environment } from '../../contract/shapes.ts';
import { outcomeText, planText, publishJson } from '../../output/publish.ts';
import type { AppendOptions } from '../../publish/append.ts';
import { fileSigner, keyFile, LOCAL_KEY, trustedKeys } from '../../publish/keys.ts';
import { KMS_PREFIX, kmsSigner } from '../../publish/kms.ts';
import type { Published } from '../../publish/publish.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context, Option, Status } from './command.ts';
import { STORE, storeKind, targetOf, ENV } from './environment.ts';
import { progressOf } from './progress.ts';
import { identityOf } from '../../contract/entry.ts';
import { withStore } from '../../store/open.ts';

/** The option by which a command names the key it signs with. */
export const KEY: Option = {
  flags: '--key <name>',
  description: 'the signing key: a name, a PEM file, or kms:<key id, alias or ARN>',
  fallback: LOCAL_KEY,
};

/** The option without which a command writes nothing. */
export const EXECUTE: Option = {
  flags: '--execute',
  description: 'write it; without, only the plan is shown',
};

/** The options of a command that appends an entry. */
export const APPENDING: readonly Option[] = [
  ENV,
  EXECUTE,
  KEY,
  STORE,
  { flags: '--json', description: 'print JSON' },
];

/** The option that goes past instances which do not trust the key: those that are gone never will. */
export const FORCE: Option = {
  flags: '--force',
  description: 'although some instance does not trust the signing key; needs --reason',
};

/** The signer that was asked for. */
export async function signerOf(
  context: Context,
  options: Record<string, unknown>,
  { region }: Environment,
): Promise<Signer> {
  const key = String(options['key'] ?? LOCAL_KEY);
  if (!key.startsWith(KMS_PREFIX))
    return fileSigner(keyFile(context.state, key), key.replace(/^.*[/\\]|\.pem$/g, '').slice(0, 64));
  const endpoint = context.env['ZTNA_KMS_ENDPOINT'];
  return kmsSigner(key, { region, ...(endpoint !== undefined && { endpoint }) });
}

/** A reason, which must be given. */
export function reasonOf(options: Record<string, unknown>, question: string): string {
  const { reason } = options;
  if (typeof reason === 'string' && reason.trim() !== '') return reason.slice(0, 200);
  throw new Fault(question, 'add --reason "..."');
}

/** Shows plans as they are made, and what became of the last. @returns the exit status */
export function showPublished(
  context: Context,
  json: unknown,
  published: Published,
  notes: readonly string[] = [],
): Status {
  const plan = publishJson(published);
  plan.notes.push(...notes);
  context.out(json ? `${JSON.stringify(plan)}\n` : outcomeText(plan));
  return plan.action === 'refused' ? 2 : 0;
}

/** Appends an entry to an environment's log by one of `heartbeat`, `rollback` and `release`. */
export async function appendTo(
  context: Context,
  environment: Environment,
  options: Record<string, unknown>,
  reason: string,
  work: (append: AppendOptions) => Promise<Published>,
): Promise<Status> {
  const kind = storeKind(options);
  const signer = await signerOf(context, options, environment);
  const progress = progressOf(context);
  const published = await withStore(targetOf(context, kind, environment), ({ store }) =>
    work({
      store,
      signer,
      identity: identityOf(environment),
      trusted: trustedKeys(context.state, environment, kind),
      lifetimeHours: environment.bundle.entryLifetimeHours,
      reason,
      execute: options['execute'] === true,
      force: options['force'] === true,
      now: () => context.now().getTime(),
      progress: (step) => progress.step(`${environment.id}: ${step}`),
      planned(plan) {
        progress.end();
        if (!options['json']) context.out(planText(publishJson({ plan, executed: false, attempts: 1 })));
      },
    }),
  );
  progress.end();
  return showPublished(context, options['json'], published);
}
