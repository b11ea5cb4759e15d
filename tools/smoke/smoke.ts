import { ownFolder, replaceFile } from '../files/own-files.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../access/compile.ts';
import { type Access, indexPolicies } from '../access/model.ts';
import { agentConfigOf } from '../bundle/agent-config.ts';
import { deviceIn } from '../certificates/facts.ts';
import type { ProbeResult } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { type OpenFolder, openFolder, type SystemUser } from '../local/other-user.ts';
import { tryPath } from '../local/probes.ts';
import { type MarkedTest, markedTests, otherwiseNow } from './probe-tests.ts';
import { outcomeOf } from './verdict.ts';

/** What tries, and what is tried. */
export interface SmokeOptions {
  repository: Repository;
  /** The id of an environment of the repository. */
  environment: string;
  /** The ids of its intermediates, through each of which alone every marked test is tried. */
  intermediates: readonly string[];
  /** Whether all connectors of a service have what the repository says. */
  served(service: string): boolean;
  /** Chain and key of a principal's certificate, in PEM; undefined where there is none here. */
  certificateOf(principal: string): string | undefined;
  /** The agent's program, and a folder for its configuration. */
  agent: string;
  folder: string;
  /** As whom the agent runs, apart from us; as ourselves when omitted. */
  user: SystemUser | undefined;
  /** The address from which intermediates see the tries come; unknown when omitted. */
  from: string | undefined;
  now(): Date;
  signal: AbortSignal;
}

/** Tries at once: each is a process and a handshake. */
const AT_ONCE = 4;
/** Milliseconds that the agent may take: it waits 12 s for a server, then for what is behind it. */
const PATIENCE_MS = 30_000;
/** How often something is tried that is not proved, and milliseconds between: a window may open or close meanwhile. */
const TRIES = 3;
const PAUSE_MS = 2000;

/** Tries each marked test through each intermediate, with a real agent. @returns one result for each, in that order */
export async function smoke(options: SmokeOptions): Promise<ProbeResult[]> {
  if (options.user === undefined) {
    ownFolder(options.folder);
    return tryAll(options, (name, text) => {
      const file = join(options.folder, name);
      replaceFile(file, text);
      return file;
    });
  }
  const place = openFolder(options.agent);
  try {
    return await tryAll({ ...options, agent: place.program }, place.put);
  } finally {
    place.remove();
  }
}

/** Puts a file where the agent can read it. @returns its path */
type PutFile = OpenFolder['put'];

async function tryAll(options: SmokeOptions, put: PutFile): Promise<ProbeResult[]> {
  const { repository, environment, intermediates } = options;
  const access = indexPolicies(compile(repository, environment));
  const tests = markedTests(repository, environment);
  const todo = tests.flatMap((test) => intermediates.map((intermediate) => ({ test, intermediate })));
  const results = new Map<(typeof todo)[number], ProbeResult>();
  const queue = [...todo];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one; one = queue.shift())
      results.set(one, await proved(one.test, one.intermediate, access, { ...options, put }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return todo.map((one) => results.get(one)!);
}

/** The same, with where files for the agent are put. */
type Placed = SmokeOptions & { put: PutFile };

/** Tries until it is proved, a few times. */
async function proved(
  test: MarkedTest,
  intermediate: string,
  access: Access,
  options: Placed,
): Promise<ProbeResult> {
  const { principal, ...known } = test;
  const about = { ...known, ...(principal !== undefined && { principal }), intermediate };
  const certificate = principal === undefined ? '' : options.certificateOf(principal);
  if (certificate === undefined)
    return { ...about, outcome: 'unproved', says: `no certificate of ${principal} is here` };
  const device = certificate === '' ? new Map<string, string>() : deviceIn(certificate);
  for (let tried = 1; ; tried += 1) {
    const facts = { at: options.now().toISOString(), from: options.from, device };
    const reason = otherwiseNow(access, test, facts);
    if (reason !== undefined)
      return { ...about, outcome: 'left out', says: `at this instant policy says otherwise: ${reason}` };
    const { state, says } = await tryThrough(test, intermediate, certificate, options);
    const outcome = outcomeOf(test.expected, state, options.served(test.service));
    if (outcome === 'proved' || tried === TRIES || options.signal.aborted)
      return { ...about, outcome, says: `found ${state}${says === '' || says === state ? '' : `: ${says}`}` };
    await sleep(PAUSE_MS, undefined, { signal: options.signal }).catch(() => {});
  }
}

/** One try, through one intermediate alone. */
function tryThrough(
  { principal, service, port }: MarkedTest,
  intermediate: string,
  certificate: string,
  { repository, environment, agent, signal, user, put }: Placed,
): ReturnType<typeof tryPath> {
  const config = agentConfigOf(repository, environment, principal ?? 'nobody', undefined);
  const only = config.intermediates.filter(({ id }) => id === intermediate);
  const name = `${principal ?? 'nobody'}-${intermediate}.json`;
  const file = put(name, JSON.stringify({ ...config, intermediates: only }));
  const cas = repository.environments.get(environment)!.value.serverCas ?? [];
  const variables = {
    ZTNA_CONFIG: file,
    ...(certificate !== '' && { ZTNA_TLS_PEM: certificate }),
    ...(cas.length > 0 && { ZTNA_SERVER_CAS_PEM: cas.map((one) => one.certificate).join('\n') }),
  };
  return tryPath({ service, port }, { program: agent, variables, signal, patience: PATIENCE_MS, user });
}
