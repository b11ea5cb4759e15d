import { promises as dns } from 'node:dns';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jsonText, type TerminalText, textBlock, textLine, textLines } from '../contract/terminal-text.ts';
import { Fault, faultText } from '../contract/fault.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { signerOf } from '../contract/image-signature.ts';
import type { Doctor } from '../contract/shapes.ts';
import { accountStack, credentials } from '../doctor/account.ts';
import { type AwsAccount, awsAccount } from '../doctor/aws.ts';
import { certificates } from '../doctor/certificates.ts';
import { githubEnvironments } from '../doctor/github.ts';
import { names } from '../doctor/names.ts';
import { type Checkup, examine } from '../doctor/need.ts';
import { type ImageOrigin, images, providerLocks, trustedKey } from '../doctor/repository.ts';
import { signIn } from '../doctor/sign-in.ts';
import { type GithubSettings, settingsOf } from '../github/setup/settings.ts';
import { loadValid } from '../load/load.ts';
import type { LoadedEnvironment, Repository } from '../load/repository.ts';
import { verifySignature } from '../local/cosign.ts';
import { applyAccount, isHalfApplied, variablesFile, writeVariables } from '../terraform/account.ts';
import { wrongLocks, writeLocks } from '../terraform/locks.ts';
import { command, type Context } from './shared/command.ts';
import { ENV, environmentOf } from './shared/environment.ts';
import { connectTo, REPOSITORY } from './shared/github.ts';

/** Where `ztna certs` keeps its authority. */
const FOLDER = '.local/certs';

/** What an environment needs before its first deployment, found and, where a program can, done. */
export const doctor = command({
  name: 'doctor',
  summary:
    'Find what a first deployment needs: keys, images, certificates, GitHub, DNS; do it with --execute',
  options: [
    ENV,
    { flags: '--execute', description: 'do what can be done; without, it is only said' },
    {
      flags: '--break-glass <user>',
      description: "an IAM user who may sign in an emergency, for the account's stack; repeat it",
      many: true,
    },
    { flags: '--certs <folder>', description: 'where an authority of your own is', fallback: FOLDER },
    { flags: '--unverified', description: 'write images down although nobody verified who signed them' },
    { flags: '--without-github', description: 'leave GitHub out' },
    REPOSITORY,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: ['npx ztna doctor --env dev', 'npx ztna doctor --env dev --break-glass ann --execute'],
  async run({ options }, context) {
    const { repository } = await loadValid(context.root);
    const environment = environmentOf(repository, options.env);
    const aws = awsAccount(environment.value.region);
    const tell = (sentence: string): void => context.err(textLine(`done: ${sentence}`));
    try {
      const checkups = await checkupsOf({ repository, environment, aws, context, options });
      const { done, needs } = await examine(checkups, options.execute === true, tell);
      const found: Doctor = {
        environment: environment.value.id,
        done,
        needs: needs.map(({ fix, ...need }) => ({ ...need, executable: fix !== undefined })),
      };
      context.out(options.json ? jsonText(found) : textOf(found));
      return needs.length > 0 ? 1 : 0;
    } finally {
      aws.close();
    }
  },
});

/** Of the options, those that say what is looked at. */
interface Asked {
  readonly breakGlass?: readonly string[] | undefined;
  readonly certs?: string | undefined;
  readonly unverified?: boolean | undefined;
  readonly withoutGithub?: boolean | undefined;
  readonly repository?: string | undefined;
}

/** Whose patient, and what is known of it. */
interface Patient {
  repository: Repository;
  environment: LoadedEnvironment;
  aws: AwsAccount;
  context: Context;
  options: Asked;
}

/** Everything that is looked at, in the order in which one needs another. */
async function checkupsOf(patient: Patient): Promise<Checkup[]> {
  const { environment, aws, context, options } = patient;
  const { value, file: path } = environment;
  const file = { path, file: join(context.root, path) };
  // What was written a moment ago counts.
  const loaded = async () => environmentOf((await loadValid(context.root)).repository, value.id).value;
  const certs = options.certs === undefined ? join(context.root, FOLDER) : resolve(options.certs);
  return [
    credentials(aws, value),
    accountStack(aws, value, accountOf(patient)),
    trustedKey(aws, loaded, file),
    images(aws, loaded, file, (image) => originOf(image, patient)),
    certificates(aws, environment, certs, context.now),
    signIn(aws, value),
    ...(options.withoutGithub ? [] : [githubOf(patient)]),
    names(value, addressesOf),
    // The last: where the registry is not reached, nothing else waits for it.
    locksOf(context),
  ];
}

function locksOf({ root, state, env, err, signal }: Context): Checkup {
  const tell = (text: string): void => err(textBlock(text));
  const write = async (): Promise<boolean> => {
    try {
      await writeLocks({ root, state, env, tell, signal });
      return true;
    } catch (error) {
      // The registry may be out of reach, for good: what else is needed is said all the same.
      if (!(error instanceof Fault)) throw error;
      err(textBlock(faultText(error)));
      return false;
    }
  };
  return providerLocks(() => wrongLocks(root), write);
}

/** Who signed an image, as cosign finds it: whoever may push to a registry can push anything. */
async function originOf(
  image: string,
  { repository: { guardrails }, aws, context, options }: Patient,
): Promise<ImageOrigin> {
  if (options.unverified) return { ok: true, says: 'whose signature nobody verified' };
  const otherwise = 'or compare it with the run that pushed it, and say --unverified';
  const named = guardrails?.value.repository;
  if (!named)
    return {
      ok: false,
      says: 'and who should have signed it is not known',
      remedy: `add \`repository\` to policies/guardrails.yaml, ${otherwise}`,
    };
  const signer = signerOf(`${guardrails.value.organization}/${named.name}`, named.server);
  const verdict = await verifySignature(image, signer, await aws.registryLogin(), context.env);
  if (verdict.state === 'signed') return { ok: true, says: `signed by ${signer.identity}` };
  return verdict.state === 'absent'
    ? { ok: false, says: 'and who signed it is not known', remedy: `install cosign, ${otherwise}` }
    : {
        ok: false,
        says: `which is not found to be signed by ${signer.identity}: ${verdict.says}`,
        remedy: `find out who pushed it, ${otherwise}`,
      };
}

function githubOf({ repository, environment, context, options }: Patient): Checkup {
  const settings = (actionsApp: number): GithubSettings =>
    settingsOf({
      environments: inDeliveryOrder([...repository.environments.values()].map(({ value }) => value)),
      reviewers: repository.guardrails?.value.owner ?? 'platform',
      actionsApp,
    });
  const connect = () => connectTo(options.repository, context, ['GITHUB_TOKEN']);
  return githubEnvironments(connect, settings, environment.value.id);
}

/** How the account's stack is applied; not at all where nobody said who may break the glass, or whose workflows may take roles. */
function accountOf({
  repository,
  environment: { value },
  aws,
  context,
  options,
}: Patient): Parameters<typeof accountStack>[2] {
  const { root, state, env, err, signal } = context;
  const users = options.breakGlass ?? [];
  const lacks: string[] = [];
  if (!existsSync(variablesFile(root, value)) && users.length === 0)
    lacks.push('say who may sign in an emergency: --break-glass <IAM user>');
  if (repository.guardrails?.value.repository === undefined)
    lacks.push(
      'add `repository: { name, id, ownerId }` to policies/guardrails.yaml, by both numbers of `gh api repos/<owner>/<name>`',
    );
  const apply = async (): Promise<string> => {
    if (users.length > 0) writeVariables(root, value, users);
    const begun = await aws.hasKey('alias/ztna-account');
    await applyAccount({
      root,
      state,
      environment: value,
      env,
      tell: (text) => err(textBlock(text)),
      signal,
      begun,
    });
    return `terraform/stacks/account is applied in ${value.account}`;
  };
  return {
    apply: lacks.length === 0 ? apply : undefined,
    isHalfDone: () => isHalfApplied({ root, state, environment: value }),
    lacks: lacks.join('; '),
  };
}

/** The addresses of a name; none where it has none. */
async function addressesOf(name: string): Promise<string[]> {
  const found = await Promise.allSettled([dns.resolve4(name), dns.resolve6(name)]);
  return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

function textOf({ environment, done, needs }: Doctor): TerminalText {
  const lines = needs.map(({ what, where, problem, remedy }) => `${what}: ${where}: ${problem}; ${remedy}`);
  const summary =
    needs.length === 0
      ? `${environment}: nothing is needed any more: npx ztna deploy --env ${environment} --execute`
      : `${environment}: ${needs.length} needed, ${needs.filter(({ executable }) => executable).length} of which --execute does`;
  return textLines([...lines, done.length > 0 ? `${summary} (${done.length} done)` : summary]);
}
