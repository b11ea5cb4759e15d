import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileName, verifySubject } from '../../certificates/subject.ts';
import { Fault } from '../../contract/fault.ts';
import { textLine } from '../../contract/terminal-text.ts';
import type { ProbeResult } from '../../contract/shapes.ts';
import type { WireProof } from '../../deliver/deliver.ts';
import type { Repository } from '../../load/repository.ts';
import { otherUser } from '../../local/other-user.ts';
import { findAgent } from '../../local/programs.ts';
import { markedTests } from '../../smoke/probe-tests.ts';
import { smoke, type SmokeOptions } from '../../smoke/smoke.ts';
import { probeText, smokeOutcome } from '../../smoke/verdict.ts';
import type { Context, Option } from './command.ts';

/** Where `ztna certs` keeps what it issues; git ignores it. */
const FOLDER = '.local/certs';
/** Principals' certificates where there is no folder of them, as in a workflow: a JSON object from principal to PEM. */
const VARIABLE = 'ZTNA_SMOKE_TLS';

/** Characters of a try in the reason of an entry, which has several holds beside it. */
const LONGEST_REASON = 120;

/** The options that say who tries, and with what. */
export const TRYING = [
  {
    flags: '--certs <folder>',
    description: `where the certificates of those who try are, as certs issues them; ${VARIABLE} may have them instead`,
    fallback: FOLDER,
  },
  {
    flags: '--agent <program>',
    description: "the agent's program",
    fallback: 'of the package, else as cargo built it',
  },
  {
    flags: '--agent-user <user>',
    description:
      'run the agent as this user of the system, such as nobody, apart from what we know and may do; needs root, or sudo without a password',
    fallback: 'as who runs this',
  },
  {
    flags: '--from <address>',
    description: 'the address from which intermediates see this machine; without it, unknown',
  },
] as const satisfies readonly Option[];

/** The option by which a delivery leaves the proof out. */
export const UNPROVED = {
  flags: '--unproved',
  description: 'deliver without trying the access tests that are marked `probe: true`',
} as const satisfies Option;

/** What those options say. */
export interface Trying {
  readonly certs?: string | undefined;
  readonly agent?: string | undefined;
  readonly agentUser?: string | undefined;
  readonly from?: string | undefined;
}

/** What of a smoke test does not depend on which components are tried. */
type Probing = Omit<SmokeOptions, 'intermediates' | 'served'>;

/** What tries the marked tests of an environment. @throws Fault where the agent's program is not there, or cannot be run as asked */
export function probingOf(
  context: Context,
  repository: Repository,
  environment: string,
  { certs, agent, agentUser, from }: Trying,
): Probing {
  const { root, state, signal, now, env } = context;
  const program = agent === undefined ? findAgent(root) : resolve(agent);
  if (program === undefined || !existsSync(program))
    throw new Fault(
      program === undefined ? 'there is no agent to try with' : `there is no ${program}`,
      'build it with: cd images && cargo build -p agent; or name it with --agent',
    );
  const folder = certs === undefined ? join(root, FOLDER) : resolve(certs);
  const named = namedIn(env[VARIABLE]);
  const certificateOf = (principal: string): string | undefined =>
    named.get(principal.toLowerCase()) ?? certificateIn(folder, principal);
  const user = agentUser === undefined ? undefined : otherUser(agentUser, env);
  const own = { repository, environment, agent: program, folder: join(state, 'smoke', environment) };
  return { ...own, user, certificateOf, from, now, signal };
}

function certificateIn(folder: string, principal: string): string | undefined {
  const subject = { kind: 'principal', principal, device: new Map() } as const;
  verifySubject(subject);
  const file = join(folder, `${fileName(subject)}-tls.pem`);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function namedIn(text: string | undefined): Map<string, string> {
  if (text === undefined || text.trim() === '') return new Map();
  const value = parsed(text);
  if (
    typeof value !== 'object' ||
    value === null ||
    Object.values(value).some((one) => typeof one !== 'string')
  )
    throw new Fault(
      `${VARIABLE} is no JSON object of texts`,
      'write {"<principal>": "<chain and key in PEM>"}',
    );
  return new Map(
    Object.entries(value as Record<string, string>).map(([who, pem]) => [who.toLowerCase(), pem]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Proves a merge's stages; undefined where no test of the environment is marked. */
export function proofOf(
  context: Context,
  repository: Repository,
  environment: string,
  trying: Trying,
): WireProof | undefined {
  const marked = markedTests(repository, environment);
  if (marked.length === 0) return undefined;
  return {
    lacks: () => lacksOf(context, repository, environment, trying),
    async of({ ring, components }, fresh) {
      const prefix = 'intermediate/';
      const intermediates = fresh
        .filter((one) => one.startsWith(prefix))
        .map((one) => one.slice(prefix.length));
      if (intermediates.length === 0) return { state: 'enforced', notes: [] };
      const { connectors } = repository.environments.get(environment)!;
      const served = (service: string): boolean =>
        [...connectors].every(
          ([id, { value }]) =>
            components.includes(`connector/${id}`) || value.services.every((one) => one.service !== service),
        );
      const probing = probingOf(context, repository, environment, trying);
      const probes = await smoke({ ...probing, intermediates, served });
      const failed = probes.filter(({ outcome }) => outcome !== 'proved');
      for (const one of failed) context.out(textLine(`${environment}: ${ring}: ${probeText(one)}`));
      const outcome = smokeOutcome(probes);
      if (outcome === 'proved') {
        const count = probes.length - failed.length;
        context.out(
          textLine(`${environment}: ${ring}: ${count} of ${probes.length} probes proved it on the wire`),
        );
        return { state: 'enforced', notes: [] };
      }
      const first = failed.find((one) => one.outcome === outcome);
      const reason = first ? shortly(first) : 'no marked test could be tried at this instant';
      return outcome === 'contradicted'
        ? { state: 'refused', component: `${prefix}${first!.intermediate}`, reason, wire: true }
        : { state: 'waiting', missing: [reason] };
    },
  };
}

/** A try as the reason of an entry, which has little room. */
function shortly({ test, service, port, expected, says }: ProbeResult): string {
  return `${test}: ${service} ${port}: expected ${expected}, ${says}`.slice(0, LONGEST_REASON);
}

/** What a proof lacks that can be known before anything is delivered. */
function lacksOf(
  context: Context,
  repository: Repository,
  environment: string,
  trying: Trying,
): ReturnType<WireProof['lacks']> {
  const remedy = 'get it, or deliver without this proof: add --unproved';
  try {
    const { certificateOf } = probingOf(context, repository, environment, trying);
    const missing = markedTests(repository, environment).find(
      ({ principal }) => principal !== undefined && certificateOf(principal) === undefined,
    );
    return (
      missing && {
        problem: `${missing.test} is to be probed, and no certificate of ${missing.principal} is here`,
        remedy,
      }
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return {
      problem: `access tests are to be probed, and ${error.message}`,
      remedy: `${error.remedy}; ${remedy}`,
    };
  }
}
