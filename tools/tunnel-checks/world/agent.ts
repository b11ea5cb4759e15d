import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { addressOf, type Host } from '../placements/placement.ts';
import type { HostProcess } from '../placements/host-process.ts';
import type { To } from '../worker/operations.ts';
import type { Worker } from '../worker/worker.ts';
import { portOf, type ServiceId, virtualIp } from './company.ts';
import { until } from './patience.ts';

const run = promisify(execFile);

/** What an agent is made of. */
export interface AgentSpec {
  host: Host;
  /** The program. */
  command: readonly string[];
  /** What `ztna agent-config` printed, as a file. */
  config: string;
  /** Certificate chain with key; the authority of servers. */
  tls: string;
  serverCas: string;
  /** Clients on the same host. */
  worker: Worker;
  /** Whether it makes a TUN; else services are reached through `agent forward`. */
  tun: boolean;
}

/** How a word of the agent ended: its exit status, and what it said. */
export interface Said {
  status: number | null;
  said: string;
  milliseconds: number;
}

/** Milliseconds for an agent to be connected. */
const CONNECTED = 20_000;

/** How a connection ends that the tunnel refuses: by ICMP, administratively prohibited. */
const REFUSALS = ['EACCES', 'EHOSTUNREACH'];

/** One person's agent on one host. */
export class Agent {
  readonly spec: AgentSpec;
  #up: Promise<HostProcess> | undefined;
  readonly #forwards = new Map<string, Promise<To>>();
  readonly #programs: HostProcess[] = [];

  constructor(spec: AgentSpec) {
    this.spec = spec;
  }

  /** The same with other files; it runs nothing that lasts. */
  with(files: Partial<Pick<AgentSpec, 'config' | 'tls'>>): Agent {
    return new Agent({ ...this.spec, ...files });
  }

  /** The processes of it that run. */
  get pids(): number[] {
    return this.#programs.flatMap(({ isRunning, child }) => (isRunning && child.pid ? [child.pid] : []));
  }

  get worker(): Worker {
    return this.spec.worker;
  }

  /** Where a client on its host reaches a service's port: in the tunnel, or at a port that the agent forwards. */
  async reach(service: ServiceId, port: number = portOf(service)): Promise<To> {
    if (!this.spec.tun) return this.forward(service, port);
    await this.up();
    return { host: virtualIp(service), port };
  }

  /** Makes the TUN, once. */
  async up(): Promise<HostProcess> {
    return (this.#up ??= (async () => {
      const program = this.#start(['up', '--tun', 'ztna0']);
      await until('the tunnel is up', CONNECTED, async () => {
        if (!program.isRunning) throw new Error(`agent up ended:\n${program.output}`);
        const to = { host: virtualIp('echo'), port: portOf('echo') };
        const { equal, how } = await this.worker.ask('exchange', { to, bytes: 1, seconds: 1 });
        // A refusal too is an answer that came through the tunnel.
        return equal || REFUSALS.includes(how) || undefined;
      });
      return program;
    })());
  }

  /** Ends the TUN. */
  async down(): Promise<void> {
    const program = await this.#up?.catch(() => undefined);
    this.#up = undefined;
    await program?.stop('SIGTERM');
  }

  /** A port on its host that leads to a service's port. */
  forward(service: ServiceId, port: number = portOf(service)): Promise<To> {
    const key = `${service}:${port}`;
    const known = this.#forwards.get(key) ?? this.#forward(key);
    this.#forwards.set(key, known);
    return known;
  }

  async #forward(key: string): Promise<To> {
    const bind = this.spec.tun ? '127.0.0.1' : addressOf(this.spec.host, 'internet');
    const program = this.#start(['forward', `${bind}:0:${key}`]);
    const [, port] = await program.says(/local\W+[\d.]+:(\d+)/, CONNECTED);
    return { host: bind, port: Number(port) };
  }

  /** `agent probe`. */
  async probe(service: string, port: number): Promise<Said> {
    return this.say('probe', service, String(port));
  }

  /** Runs a command of the agent to its end. */
  async say(...words: readonly string[]): Promise<Said> {
    const began = Date.now();
    const program = this.#start(words);
    const late = setTimeout(() => void program.stop(), 60_000);
    const { status } = await program.ended;
    clearTimeout(late);
    return { status, said: program.output, milliseconds: Date.now() - began };
  }

  /** The command line of the agent with its settings, for a program that starts it. */
  commandLine(...words: readonly string[]): { command: string[]; env: Record<string, string> } {
    const { command, config, tls, serverCas } = this.spec;
    return {
      command: [...command, ...words],
      env: { ZTNA_CONFIG: config, ZTNA_TLS: tls, ZTNA_SERVER_CAS: serverCas },
    };
  }

  /** Ends all that it runs. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    this.#up = undefined;
    this.#forwards.clear();
  }

  /** What its programs said last. */
  get output(): string {
    return this.#programs.map(({ output }) => output.slice(-2000)).join('\n');
  }

  #start(words: readonly string[]): HostProcess {
    const { command, env } = this.commandLine(...words);
    const program = this.spec.host.start(command, { env });
    this.#programs.push(program);
    return program;
  }
}

/** Writes the configuration of a principal's agent, as a person does. @param through another address for all servers */
export async function writeConfig(
  cli: string,
  root: string,
  { principal, environment, file, through, only }: ConfigSpec,
): Promise<void> {
  const { stdout } = await run(
    process.execPath,
    [cli, 'agent-config', principal, '--env', environment, '--all'],
    {
      cwd: root,
    },
  );
  const config = JSON.parse(stdout) as { intermediates: { id: string; address: string; port: number }[] };
  if (only) config.intermediates = config.intermediates.filter(({ id }) => id === only);
  if (through) for (const one of config.intermediates) Object.assign(one, through);
  writeFileSync(file, JSON.stringify(config));
}

/** Whose configuration, and where it is written. */
export interface ConfigSpec {
  principal: string;
  environment: string;
  file: string;
  /** Address and port of a proxy before the servers. */
  through?: { address: string; port: number };
  /** The one intermediate that it knows. */
  only?: string;
}
