import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '../files/own-files.ts';
import { compile } from '../access/compile.ts';
import { decide } from '../access/decide.ts';
import { indexPolicies } from '../access/model.ts';
import { typed } from '../access/request.ts';
import { portIntervals, portSetOf } from '../access/values/ports.ts';
import { agentConfigOf } from '../bundle/agent-config.ts';
import { componentsOf, type LoadedEnvironment, type Repository } from '../load/repository.ts';
import { firstMet, type ForwardedPath, forwardedPaths, forwardWords } from './forwards.ts';
import { BACKEND, CERTIFICATES, localPlace, PORTS_FILE } from './as-started.ts';
import { type LocalPlaces, localized } from './localize.ts';
import { freeTcpPort, KeptPorts, listening } from './ports.ts';
import { pathsOf, probe, type ProbeAnswer } from './probes.ts';
import { Processes, type ProgramRun } from './processes.ts';
import { findPrograms, type LocalPrograms, TEST_BACKEND } from './programs.ts';
import { componentRuns } from './runs.ts';
import { sampleDevice, sampleOf } from './sample.ts';
import { Secrets } from './secrets.ts';

/** What a tunnel on this machine needs, and whom it tells. */
export interface TunnelOptions {
  /** The clone, and the folder for what is kept between starts. */
  root: string;
  state: string;
  environment: string;
  /** Who tries the paths; default: the principal that most access tests name. */
  principal: string | undefined;
  /** The folder in which a component's enforcement file is. */
  out: (component: string) => string;
  say: (sentence: string) => void;
  /** How far cargo is. */
  building: (done: number, all: number) => void;
  /** What became of a path. @param at when a change was met first, where that was looked for */
  answered: (answer: ProbeAnswer, at?: number) => void;
  signal: AbortSignal;
  /** What the programs and cargo get of this process's environment. */
  env: Readonly<Record<string, string | undefined>>;
}

/** Where the environment is moved to; intermediates get their ports as they come. */
type Moved = LocalPlaces & { intermediates: Map<string, { address: string; port: number }> };

/** Milliseconds between two rounds of tries while nothing changes. */
const ROUND_MS = 5000;

/**
 * The data plane on this machine: intermediates, connectors and a test backend as real programs on loopback, and a
 * real agent that tries each service as one person.
 */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #secrets: Secrets;
  readonly #ports: KeptPorts;
  readonly #processes: Processes;
  readonly #http = new Map<string, string>();
  readonly #places: Moved;
  #programs: LocalPrograms | undefined;
  #repository: Repository;
  #round: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #chosen: string | undefined;
  /** Paths that an agent carries all the time, and those of which a change is looked for. */
  #forwarded: readonly ForwardedPath[] = [];
  readonly #changing = new Set<string>();

  private constructor(
    options: TunnelOptions,
    { secrets, ports, places }: { secrets: Secrets; ports: KeptPorts; places: Moved },
    repository: Repository,
  ) {
    this.#options = options;
    this.#secrets = secrets;
    this.#ports = ports;
    this.#places = places;
    this.#repository = repository;
    this.#processes = new Processes(options.root, join(options.state, 'logs'), options.env, options.say);
  }

  /** Chooses places on loopback, and makes the secrets that are missing; nothing runs yet. */
  static async open(options: TunnelOptions, repository: Repository): Promise<Tunnel> {
    const secrets = new Secrets(join(options.state, CERTIFICATES), () => new Date());
    const ports = new KeptPorts(join(options.state, PORTS_FILE));
    const backend = `127.0.0.1:${await ports.tcp(BACKEND)}`;
    const places = { authority: await secrets.authorityText(), intermediates: new Map(), backend };
    return new Tunnel(options, { secrets, ports, places }, repository);
  }

  /** The company with this environment moved to this machine. */
  async localized(repository: Repository): Promise<Repository> {
    for (const { id } of repository.environments.get(this.#options.environment)?.value.intermediates ?? [])
      this.#places.intermediates.set(id, localPlace(await this.#ports.udp(`intermediate/${id}`)));
    return localized(repository, this.#options.environment, this.#places);
  }

  /** Where a component answers what it enforces; undefined while its program does not run. */
  appliedUrl(component: string): string | undefined {
    return this.#programs && `http://${this.#http.get(component)}/applied`;
  }

  /** Finds or builds the programs and runs them. @returns whether they run */
  async begin(): Promise<boolean> {
    const { root, building, say, signal, env } = this.#options;
    const found = await findPrograms(root, env, building, signal);
    if (signal.aborted) return false;
    if (found.type === 'missing') say(found.reason);
    else this.#programs = found.programs;
    if (this.#programs) {
      const principal = this.#person(sampleDevice(process.platform));
      if (principal !== undefined) say(`${principal} tries each service; --as names somebody else`);
      await this.keep(this.#repository);
      await listening(this.#places.backend, signal);
    }
    return this.#programs !== undefined;
  }

  /** Runs what a repository says that there is, and tries its paths from now on. */
  async keep(repository: Repository): Promise<void> {
    const before = this.#repository;
    this.#repository = repository;
    if (!this.#programs) return;
    const changes = this.#changesSince(before);
    for (const change of changes) void this.#meet(change);
    const environment = environmentIn(repository, this.#options);
    for (const component of componentsOf(environment))
      if (!this.#http.has(component)) this.#http.set(component, `127.0.0.1:${await freeTcpPort(0)}`);
    await this.localized(repository);
    const http = (component: string) => this.#http.get(component)!;
    const runs = await componentRuns(environment, this.#programs, this.#secrets, {
      port: (id) => this.#places.intermediates.get(id)!.port,
      http,
      out: this.#options.out,
    });
    const agent = await this.#agent();
    this.#forwarded = agent?.paths ?? [];
    await this.#processes.keep([this.#testBackend(), ...runs, ...(agent ? [agent.run] : [])]);
  }

  /** The paths that are carried, of which policy says something else than it did. */
  #changesSince(before: Repository): { path: ForwardedPath; wanted: 'reached' | 'denied' }[] {
    const device = sampleDevice(process.platform);
    const principal = this.#person(device);
    if (principal === undefined || before === this.#repository) return [];
    const [was, is] = [before, this.#repository].map((one) => this.#allowed(one, principal, device));
    return this.#forwarded
      .filter(({ service, port }) => was!(service, port) !== is!(service, port))
      .map((path) => ({ path, wanted: is!(path.service, path.port) ? 'reached' : 'denied' }));
  }

  /** Looks for the first packet that meets a change, and tells of it. */
  async #meet({ path, wanted }: { path: ForwardedPath; wanted: 'reached' | 'denied' }): Promise<void> {
    const { answered, signal } = this.#options;
    const { local, ...known } = path;
    this.#changing.add(known.service);
    const at = await firstMet(path, wanted, signal);
    this.#changing.delete(known.service);
    if (at !== undefined && !signal.aborted) answered({ ...known, state: wanted, says: '' }, at);
  }

  /** The agent that runs on: a change shows in its next connection. */
  async #agent(): Promise<{ run: ProgramRun; paths: ForwardedPath[] } | undefined> {
    const setting = await this.#setting();
    if (!setting) return undefined;
    const paths = await forwardedPaths(setting.config, (name) => this.#ports.tcp(name));
    if (paths.length === 0) return undefined;
    const command = [this.#programs!.agent, ...forwardWords(paths)];
    const reads = JSON.stringify(setting.config);
    return { run: { name: 'agent', command, variables: setting.variables, reads }, paths };
  }

  /** Who tries, and what an agent of theirs is told. */
  async #setting() {
    const { environment, state } = this.#options;
    const device = sampleDevice(process.platform);
    const principal = this.#person(device);
    if (principal === undefined) return undefined;
    const local = await this.localized(this.#repository);
    const config = agentConfigOf(local, environment, principal, undefined);
    const file = join(state, 'tunnel', 'agent.json');
    replaceFile(file, JSON.stringify(config));
    const variables = {
      ZTNA_CONFIG: file,
      ZTNA_TLS: await this.#secrets.certificate({ kind: 'principal', principal, device }),
      ZTNA_SERVER_CAS: await this.#secrets.authority(),
    };
    return { config, variables, principal, device };
  }

  /** Tries every path now, and again every few seconds; one round at a time. */
  tryAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#round = this.#round
      .then(() => this.#tryAll())
      .catch((error: Error) => this.#options.say(`the paths cannot be tried: ${error.message}`));
    return this.#round.then(() => {
      if (!this.#options.signal.aborted) this.#timer = setTimeout(() => void this.tryAll(), ROUND_MS);
    });
  }

  /** Ends every program. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#round;
    clearTimeout(this.#timer);
    await this.#processes.stop();
  }

  async #tryAll(): Promise<void> {
    const { signal, answered } = this.#options;
    if (!this.#programs || signal.aborted) return;
    const setting = await this.#setting();
    if (!setting) return;
    const { config, variables, principal, device } = setting;
    const repository = this.#repository;
    const paths = pathsOf(config, this.#allowed(repository, principal, device));
    // What was tried before a save, or while its change is looked for, says nothing of it.
    const tell = (answer: ProbeAnswer): void => {
      if (repository === this.#repository && !this.#changing.has(answer.service)) answered(answer);
    };
    await probe(paths, { program: this.#programs.agent, variables, signal }, tell);
  }

  /** Who tries. */
  #person(device: ReadonlyMap<string, string>): string | undefined {
    return this.#options.principal ?? this.#sample(device);
  }

  /** Who reaches most from here of those whom access tests name; one person is chosen once. */
  #sample(device: ReadonlyMap<string, string>): string | undefined {
    const { environment } = this.#options;
    const services = [...this.#repository.services.values()].map(({ value }) => value);
    const reached = (principal: string): number => {
      const allowed = this.#allowed(this.#repository, principal, device);
      return services.filter(({ id, ports }) => allowed(id, portIntervals(portSetOf(ports))[0]![0])).length;
    };
    return (this.#chosen ??= sampleOf(this.#repository, environment, reached));
  }

  /** What policy says of the person on this machine, at this moment. */
  #allowed(repository: Repository, principal: string, device: ReadonlyMap<string, string>) {
    const access = indexPolicies(compile(repository, this.#options.environment));
    const facts = { at: new Date().toISOString(), from: '127.0.0.1', device: Object.fromEntries(device) };
    return (service: string, port: number): boolean =>
      decide(access, typed({ principal, service, port, ...facts })).decision === 'allow';
  }

  /** The backend that every service leads to here. */
  #testBackend(): ProgramRun {
    const { root } = this.#options;
    const packed = join(dirname(this.#programs!.agent), TEST_BACKEND);
    const source = join(root, 'images', 'test-backend', 'main.ts');
    return {
      name: 'test-backend',
      command: [process.execPath, ...(existsSync(packed) ? [packed] : ['--import', 'tsx', source])],
      variables: { ZTNA_ECHO: this.#places.backend, ZTNA_HTTP: '127.0.0.1:0' },
    };
  }
}

function environmentIn(repository: Repository, { environment }: TunnelOptions): LoadedEnvironment {
  return repository.environments.get(environment)!;
}
