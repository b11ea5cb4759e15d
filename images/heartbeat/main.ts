/**
 * The second scheduler's heartbeat: keeps the newest entry of one environment alive where nobody else does. Under AWS
 * Lambda it answers invocations; started by anything else it works once and ends, with status 0 where all is well.
 */
import { trustIn } from '../../tools/contract/log/dsse.ts';
import { Fault } from '../../tools/contract/fault.ts';
import { jsonText, print, textLine } from '../../tools/contract/terminal-text.ts';
import { signerOf } from '../../tools/publish/keys/signer.ts';
import { healthcheck, healthcheckUrl, terminated } from '../../tools/serve/healthcheck.ts';
import { withStore } from '../../tools/store/open.ts';
import { answerInvocations } from './lambda.ts';
import { standBy, type StandbyOutcome } from './standby.ts';

// The SDK would warn of Node 20, in lines that are none of ours.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

function tell(line: object): void {
  print(process.stdout, jsonText({ at: new Date().toISOString(), ...line }));
}

function needed(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Fault(`${name} is not set`, 'docs/infrastructure.md says what the heartbeat is told');
}

function positive(name: string): number {
  const value = Number(needed(name));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Fault(`${name} is ${JSON.stringify(needed(name))}`, 'write a whole number from 1');
}

/** Looks once, and renews what has to be renewed. */
async function work(signal: AbortSignal): Promise<StandbyOutcome> {
  const region = needed('ZTNA_REGION');
  const endpoint = process.env['ZTNA_STORE'];
  const state = process.env['ZTNA_STATE'] ?? '/nonexistent';
  const place = { store: endpoint ? 'embedded' : 'aws', region, state, signal } as const;
  return withStore({ ...place, ...(endpoint && { endpoint }) }, ({ store }) =>
    standBy({
      store,
      identity: {
        ...{ environment: needed('ZTNA_ENVIRONMENT'), account: needed('ZTNA_ACCOUNT'), region },
        epoch: positive('ZTNA_EPOCH'),
      },
      trusted: trustIn(needed('ZTNA_TRUSTED_KEYS')),
      signer: () =>
        signerOf({
          ...{ key: needed('ZTNA_KEY'), state, region, signal },
          kmsEndpoint: process.env['ZTNA_KMS_ENDPOINT'],
        }),
      lifetimeHours: positive('ZTNA_LIFETIME_HOURS'),
      now: Date.now,
    }),
  );
}

/** What was done, as a line of the log; a fault is one too, and is thrown on. */
async function told(signal: AbortSignal): Promise<StandbyOutcome> {
  try {
    const outcome = await work(signal);
    tell(outcome);
    return outcome;
  } catch (error) {
    if (error instanceof Fault) tell({ event: 'trouble', reason: `${error.message}; ${error.remedy}` });
    throw error;
  }
}

async function main(): Promise<number> {
  // Under this name it looks, as every image's program does, and renews nothing.
  const url = healthcheckUrl(process.argv);
  if (url !== undefined) return healthcheck(url, (reason) => print(process.stderr, textLine(reason)));
  const api = process.env['AWS_LAMBDA_RUNTIME_API'];
  const signal = terminated(process);
  if (api) return answerInvocations(api, () => told(signal)).then(() => 0);
  return told(signal).then(
    () => 0,
    (error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return 2;
    },
  );
}

void main().then((status) => void (process.exitCode = status));
