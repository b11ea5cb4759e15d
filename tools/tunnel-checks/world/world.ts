import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateSubject } from '../../certificates/subject.ts';
import type { TrustedKey } from '../../contract/shapes.ts';
import { addressOf, type Host, type Placement } from '../placements/placement.ts';
import { HostProcess } from '../placements/host-process.ts';
import { Worker } from '../worker/worker.ts';
import { Agent, writeConfig } from './agent.ts';
import { BACKENDS, companyOf, ECHO, LAB, PEOPLE, type Member, WEB } from './company.ts';
import { Component } from './component.ts';
import {
  type Certificates,
  certificatesIn,
  type Delivery,
  deliveryIn,
  type MergeResult,
  signingKeyIn,
} from './delivery.ts';
import { until } from './patience.ts';
import { RawClient } from './raw.ts';
import { type Programs, programsFor } from './programs.ts';

/** The intermediates of a world, and the instances of its connector. */
const INTERMEDIATES = ['one', 'two'] as const;
const CONNECTORS = ['first', 'second'] as const;

/** The hosts of a world on which no person is. */
export const SERVERS: readonly string[] = [...INTERMEDIATES, ...CONNECTORS, ...BACKENDS];

/** Seconds: the shortest lease that an environment can have. */
export const LEASE_SECONDS = 30;

/** How an agent of a world differs from a plain one. */
export interface AgentOptions {
  /** The host that it runs on; default: one that is named for the person. */
  at?: string;
  device?: Readonly<Record<string, string>>;
  /** Address and port of a proxy before the servers. */
  through?: { host: string; port: number };
  /** The one intermediate that it knows. */
  only?: string;
  /** How long its certificate counts; default 30. */
  days?: number;
  /** Whether it makes a TUN; default: where the placement allows that. */
  tun?: boolean;
}

type Company = ReturnType<typeof companyOf>;

/** A whole company at work: its repository and log, components, backends, and the agents of its people. */
export class World {
  readonly intermediates = new Map<string, Component>();
  readonly connectors = new Map<string, Component>();
  readonly backends = new Map<string, HostProcess>();
  readonly placement: Placement;
  readonly folder: string;
  /** The company as it was merged last. */
  company!: Company;
  #root = '';
  #programs!: Programs;
  #agentHere!: string;
  #certificates!: Certificates;
  #delivery!: Delivery;
  readonly #agents: Agent[] = [];
  readonly #closing: (() => void)[] = [];
  readonly #raws: RawClient[] = [];
  readonly #rawsByName = new Map<string, Promise<RawClient>>();
  readonly #people = new Map<Member, Promise<Agent>>();
  readonly #fingerprints = new Map<Agent, string>();
  readonly #workers = new Map<string, Worker>();

  private constructor(placement: Placement) {
    this.placement = placement;
    this.folder = mkdtempSync(join(tmpdir(), 'ztna-tunnel-'));
  }

  /**
   * Begins a world, and waits until all of it is ready.
   * @param root this repository's folder
   * @param built the folder that has the programs of Rust
   */
  static async begin(root: string, built: string, placement: Placement): Promise<World> {
    const world = new World(placement);
    try {
      await world.#begin(root, built);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async #begin(root: string, built: string): Promise<void> {
    this.#root = root;
    const here = await programsFor(root, built, this.folder);
    this.#programs = { ...here, ...this.placement.commands?.({ ...here }) };
    // Who delivers tries from here, whatever agents run in.
    this.#agentHere = here.agent[0]!;
    this.#certificates = await certificatesIn(join(this.folder, 'certs'));
    const repository = join(this.folder, 'repository');
    const key = signingKeyIn(join(repository, '.ztna'));
    const addresses = await this.#hosts();
    const authority = readFileSync(this.#certificates.authority, 'utf8');
    this.company = companyOf({ authority, key, leaseSeconds: LEASE_SECONDS, ...addresses });
    this.#delivery = await deliveryIn(repository, this.company, this.placement.here);
    await this.#startBackends();
    writeFileSync(join(this.folder, 'keys.json'), JSON.stringify(sharedKeys()));
    for (const id of INTERMEDIATES) this.intermediates.set(id, await this.#intermediate(id, key));
    for (const name of CONNECTORS) this.connectors.set(name, await this.#connector(name, key));
    await Promise.all(
      [...this.intermediates.values(), ...this.connectors.values()].map((one) => one.ready()),
    );
  }

  /** Makes the hosts, and says where they are. */
  async #hosts() {
    const { placement } = this;
    const entries = async (
      names: readonly string[],
      network: 'internet' | 'company',
      make: readonly ('internet' | 'company')[],
    ) => {
      const hosts: [string, string][] = [];
      for (const name of names) hosts.push([name, addressOf(await placement.host(name, make), network)]);
      return Object.fromEntries(hosts);
    };
    const intermediates = await entries(INTERMEDIATES, 'internet', ['internet']);
    const backends = await entries(BACKENDS, 'company', ['company']);
    if (placement.introduce) {
      const name = 'backend-2.company.internal';
      placement.introduce({ [name]: backends['backend-2']! });
      backends['backend-2'] = name;
    }
    const { alice } = await entries(['alice'], 'internet', ['internet']);
    return { intermediates, backends, office: placement.isolated ? `${alice}/32` : '127.0.0.0/8' };
  }

  async #startBackends(): Promise<void> {
    const hosts = await Promise.all(BACKENDS.map((name) => this.placement.host(name, ['company'])));
    await Promise.all(hosts.map((host) => this.backendOn(host, addressOf(host, 'company'))));
  }

  /** Starts a backend on a host, at an address of it, which may be the one that stands for all of them. */
  async backendOn(host: Host, address: string): Promise<void> {
    const env = { ZTNA_ECHO: `${address}:${ECHO}`, ZTNA_HTTP: `${address}:${WEB}` };
    const program = host.start(this.#programs['test-backend'], { env });
    this.backends.set(host.name, program);
    await program.says(/listening/);
  }

  async #intermediate(id: string, key: TrustedKey): Promise<Component> {
    const host = await this.placement.host(id, ['internet']);
    const address = addressOf(host, 'internet');
    const { file } = await this.#certificates.issue({ kind: 'intermediate', id, address });
    return this.#component(`intermediate/${id}`, id, host, key, this.#programs['intermediate-server'], {
      ZTNA_BIND: address,
      ZTNA_PORT: '4433',
      ZTNA_CLIENT_CAS: this.#certificates.authority,
      ZTNA_TLS: file,
      ZTNA_KEYS: join(this.folder, 'keys.json'),
      ZTNA_ACCESS_LOG: join(this.folder, `${id}-access.log`),
    });
  }

  async #connector(name: string, key: TrustedKey): Promise<Component> {
    const host = await this.placement.host(name, ['internet', 'company']);
    const { file } = await this.#certificates.issue({ kind: 'connector', id: 'apps' });
    return this.#component('connector/apps', name, host, key, this.#programs['app-connector'], {
      ZTNA_TLS: file,
      ZTNA_SERVER_CAS: this.#certificates.authority,
    });
  }

  #component(
    component: string,
    instance: string,
    host: Host,
    key: TrustedKey,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Component {
    const { account, region, epoch } = this.company.environments[0]!;
    const log = {
      ZTNA_ENVIRONMENT: LAB,
      ZTNA_ACCOUNT: account,
      ZTNA_REGION: region,
      ZTNA_EPOCH: String(epoch),
      ZTNA_TRUSTED_KEYS: JSON.stringify([key]),
      ZTNA_STORE: this.#delivery.endpoint,
    };
    const folder = join(this.folder, component.replace('/', '-'), instance);
    const policyAgent = this.#programs['policy-agent'];
    return new Component({ component, instance, host, folder, command, env, policyAgent, log });
  }

  /** A person's agent. Each call makes another one, on the same host where none else is named. */
  async agent(person: Member, options: AgentOptions = {}): Promise<Agent> {
    const { at = person, device = {}, through, only, days, tun = this.placement.isolated } = options;
    const host = await this.placement.host(at, ['internet']);
    const principal = PEOPLE[person];
    const facts = new Map(Object.entries(device));
    const subject: CertificateSubject = { kind: 'principal', principal, device: facts };
    const { file: tls, fingerprint } = await this.#certificates.issue(subject, days);
    // The next certificate of this person has the same name.
    const own = mkdtempSync(join(this.folder, 'agent-'));
    writeFileSync(join(own, 'tls.pem'), readFileSync(tls), { mode: 0o600 });
    const config = join(own, 'agent.json');
    const proxy = through && { address: through.host, port: through.port };
    await writeConfig(join(this.#root, 'bin/ztna.js'), this.#delivery.root, {
      principal,
      environment: LAB,
      file: config,
      ...(proxy && { through: proxy }),
      ...(only && { only }),
    });
    const agent = new Agent({
      host,
      command: this.#programs.agent,
      config,
      tls: join(own, 'tls.pem'),
      serverCas: this.#certificates.authority,
      worker: this.workerOn(host),
      tun,
    });
    this.#agents.push(agent);
    this.#fingerprints.set(agent, fingerprint);
    return agent;
  }

  /** A client of intermediate `one` that sends what it is told to, on a host of its own. */
  async raw(subject: CertificateSubject): Promise<RawClient> {
    const host = await this.placement.host('hostile', ['internet']);
    const { file } = await this.#certificates.issue(subject);
    const own = join(this.folder, `raw-${this.#raws.length}.pem`);
    writeFileSync(own, readFileSync(file), { mode: 0o600 });
    const address = addressOf(this.intermediates.get('one')!.spec.host, 'internet');
    const words = [`${address}:4433`, address, this.#certificates.authority, own];
    const client = new RawClient(host, [...this.#programs.raw, ...words]);
    this.#raws.push(client);
    await client.up();
    return client;
  }

  /** The one of this name, made at the first call. */
  rawOnce(name: string, make: () => Promise<RawClient>): Promise<RawClient> {
    const known = this.#rawsByName.get(name) ?? make();
    this.#rawsByName.set(name, known);
    return known;
  }

  /** A person's plain agent, which all checks share. */
  person(person: Member): Promise<Agent> {
    const known = this.#people.get(person) ?? this.agent(person);
    this.#people.set(person, known);
    return known;
  }

  /** The fingerprint of an agent's certificate, as `revoked.yaml` names it. */
  fingerprintOf(agent: Agent): string {
    return this.#fingerprints.get(agent)!;
  }

  /** How many connections the connectors have to a port of a backend. */
  async backendConnections(backend: string, port: number): Promise<number> {
    const host = await this.placement.host(backend, ['company']);
    // As the kernel shows it: the address's bytes from the last to the first, and 01 for established.
    const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
    const local = `${addressOf(host, 'company')
      .split('.')
      .reverse()
      .map((part) => hex(Number(part), 2))
      .join('')}:${hex(port, 4)}`;
    // A machine that had many short connections has more lines than are kept of a program's output.
    const program = host.start(['grep', '-F', ` ${local} `, '/proc/net/tcp']);
    await program.ended;
    return program.output.split('\n').filter((line) => {
      const [, own, , state] = line.trim().split(/\s+/);
      return own === local && state === '01';
    }).length;
  }

  /** The clients of a host. */
  workerOn(host: Host): Worker {
    const known = this.#workers.get(host.name) ?? new Worker(host, this.#programs.worker);
    this.#workers.set(host.name, known);
    return known;
  }

  /** Changes the company, merges that, and waits until every component has it. */
  async merge(edit: (company: Company) => void): Promise<MergeResult> {
    const company = structuredClone(this.company);
    edit(company);
    const merged = await this.#delivery.merge(company);
    this.company = company;
    return merged;
  }

  /** Brings a company back into force that a check which failed has left changed. */
  async restore(company: Company): Promise<void> {
    await this.inForce(await this.#delivery.merge(company));
    this.company = company;
  }

  /** Waits until what was merged is in force at every component: in its file, and in its program. */
  async inForce({ sequence }: MergeResult): Promise<void> {
    for (const one of [...this.intermediates.values(), ...this.connectors.values()])
      await until(`${one.file} has entry ${sequence}, and its program enforces it`, 15_000, async () => {
        const text = readFileSync(one.file, 'utf8');
        const file = JSON.parse(text) as { sequence: number };
        return (file.sequence >= sequence && (await one.enforces(text))) || undefined;
      });
  }

  /** Changes the company and commits that, without bringing it into force. */
  async commit(edit: (company: Company) => void): Promise<void> {
    const company = structuredClone(this.company);
    edit(company);
    await this.#delivery.commit(company);
  }

  /** Runs a command of ours in the repository to its end, as an operator does. */
  async ztna(...words: readonly string[]): Promise<{ status: number | null; said: string }> {
    const cli = join(this.#root, 'bin/ztna.js');
    const program = new HostProcess([process.execPath, cli, ...words], { cwd: this.#delivery.root });
    const { status } = await program.ended;
    return { status, said: program.output };
  }

  /** The options by which `ztna smoke` and `ztna merge` find who tries: a certificate of each person, and the agent. */
  async trying(...people: readonly Member[]): Promise<string[]> {
    for (const person of people)
      await this.#certificates.issue({ kind: 'principal', principal: PEOPLE[person], device: new Map() });
    return ['--certs', join(this.folder, 'certs'), '--agent', this.#agentHere];
  }

  /** What a policy agent anywhere is told of the log. */
  get log(): Readonly<Record<string, string>> {
    return this.intermediates.get('one')!.spec.log;
  }

  /** The folder of this repository, and how programs are started. */
  get programs(): { root: string; commands: Programs } {
    return { root: this.#root, commands: this.#programs };
  }

  /** A certificate for an intermediate beside those of this world, as a file of chain and key. */
  async serverCertificate(id: string, address: string): Promise<string> {
    return (await this.#certificates.issue({ kind: 'intermediate', id, address })).file;
  }

  /** Does something more when the world ends. */
  onClose(work: () => void): void {
    this.#closing.push(work);
  }

  /** Ends all of it. */
  async close(): Promise<void> {
    for (const work of this.#closing) work();
    const components = [...this.intermediates.values(), ...this.connectors.values()];
    await Promise.all([
      ...this.#agents.map((agent) => agent.stop()),
      ...this.#raws.map(({ process }) => process.stop()),
      ...[...this.#workers.values()].map(({ program }) => program.stop()),
      ...components.map((one) => one.stop()),
      ...[...this.backends.values()].map((program) => program.stop()),
    ]);
    await this.#delivery?.close();
    await this.placement.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keys that all intermediates share. */
function sharedKeys() {
  const key = () => randomBytes(32).toString('hex');
  const current = { retry: key(), reset: key(), connectionId: key(), created: Math.floor(Date.now() / 1000) };
  return { current, previous: current };
}
