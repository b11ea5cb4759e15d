import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from '../../../contract/shapes.ts';
import type { DockerEngine } from '../../../tunnel-checks/placements/engine.ts';
import { until } from '../../../tunnel-checks/world/patience.ts';

/** What of the repository compose.yaml reads, where its images are there already. */
const READ = ['compose.yaml', 'policies', 'environments'];

/** Milliseconds until every container is healthy, and until something that was changed shows, on a slow machine. */
const HEALTHY = 180_000;
const SHOWN = 90_000;

/** A service's port that the sample agent tries. */
export type ServicePort = readonly [service: string, port: number];

/** What `agent probe` ends with. */
export const [REACHED, DENIED] = [0, 1];

/** A program that reads compose.yaml. */
export interface ComposeProgram {
  words: readonly string[];
  /** As it says it, such as `1.29.2` or `2.40.3`. */
  version: string;
}

/** Those that are here: Docker's own plugin, which is version 2, and the program of before, which Debian has. */
export function composePrograms(): ComposeProgram[] {
  const all = [['docker', 'compose'], ['docker-compose']].flatMap((words) => {
    const [program, ...rest] = [...words, 'version', '--short'];
    const { status, stdout } = spawnSync(program!, rest, { encoding: 'utf8' });
    return status === 0 ? [{ words, version: stdout.trim().replace(/^v/, '') }] : [];
  });
  return all.filter(({ version }, index) => all.findIndex((one) => one.version === version) === index);
}

/** compose.yaml, brought up from a copy of the repository whose YAML can be changed. */
export class ComposeStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'ztna-compose-'));
  readonly engine: DockerEngine;
  readonly #compose: readonly string[];

  /** @param compose the words by which compose is called */
  constructor(root: string, engine: DockerEngine, compose: readonly string[]) {
    this.engine = engine;
    this.#compose = compose;
    for (const name of READ) cpSync(join(root, name), join(this.folder, name), { recursive: true });
  }

  /** Runs one command of compose. @throws where it fails, with what it said */
  compose(...words: readonly string[]): string {
    const [program, ...first] = this.#compose;
    const { status, stdout, stderr, error } = spawnSync(
      program!,
      [...first, '--project-name', 'ztna', ...words],
      {
        cwd: this.folder,
        encoding: 'utf8',
        env: { ...process.env, ...this.engine.env },
      },
    );
    if (status !== 0)
      throw new Error(`compose ${words.join(' ')} ended with ${status}:\n${error?.message ?? stderr}`);
    return stdout.trim();
  }

  /** The one container of a service of compose.yaml. */
  container(name: string): string {
    return this.compose('ps', '--quiet', name);
  }

  /** Waits until everything that says how it is says that it is well. @returns milliseconds of each from its start */
  async healthy(): Promise<Map<string, number>> {
    const took = new Map<string, number>();
    for (const id of this.compose('ps', '--quiet').split('\n')) {
      let last = '';
      const look = () => {
        const [{ Name, State }] = JSON.parse((last = this.engine.docker('inspect', id))) as [Inspected];
        if (!State.Running || (State.Health && State.Health.Status !== 'healthy')) return undefined;
        const seen = State.Health?.Log?.find(({ ExitCode }) => ExitCode === 0);
        if (seen) took.set(Name.slice(1), Date.parse(seen.End) - Date.parse(State.StartedAt));
        return true;
      };
      await until('a container of compose.yaml is healthy', HEALTHY, look).catch((error: Error) => {
        const [{ Name, State }] = JSON.parse(last) as [Inspected];
        const said = this.engine.docker('logs', '--tail', '5', id);
        throw new Error(`${error.message}: ${Name} ${JSON.stringify(State)}\n${said}`);
      });
    }
    return took;
  }

  /** The services that the agent was told of, each with its first port. */
  get services(): ServicePort[] {
    const told = this.engine.docker('run', '--rm', ...NODE_OF_AGENT, CONFIG);
    const { services } = JSON.parse(told) as AgentConfig;
    return services.map(({ id, ports }) => [id, ports[0]![0]] as const);
  }

  /** `agent probe` in the agent's container. @returns its exit status */
  probe([service, port]: ServicePort): number | null {
    const words = ['exec', this.container('agent'), 'agent', 'probe', service, String(port)];
    return spawnSync('docker', words, { stdio: 'ignore', env: { ...process.env, ...this.engine.env } })
      .status;
  }

  /** The first that is reached, of services that are tried again until one is. */
  async firstReached(all: readonly ServicePort[]): Promise<ServicePort | undefined> {
    const end = Date.now() + SHOWN;
    do {
      const found = all.find((one) => this.probe(one) === REACHED);
      if (found) return found;
    } while (Date.now() < end);
    return undefined;
  }

  /** Waits until a probe ends otherwise than one says, or so. @returns milliseconds */
  async shows(path: ServicePort, isRight: (status: number | null) => boolean, what: string): Promise<number> {
    const began = Date.now();
    await until(`${path.join(' ')}: ${what}`, SHOWN, () => isRight(this.probe(path)) || undefined);
    return Date.now() - began;
  }

  /** Who owns a service. */
  ownerOf(service: string): string {
    const text = readFileSync(join(this.folder, 'policies/services', `${service}.yaml`), 'utf8');
    return /^owner: (.+)$/m.exec(text)![1]!;
  }

  /** Writes a file that access tests would refuse, which are put away meanwhile. @returns what undoes it */
  writeInPlaceOfTests(path: string, text: string): () => void {
    const tests = join(this.folder, 'policies/tests');
    const away = join(this.folder, 'tests-put-away');
    if (existsSync(tests)) renameSync(tests, away);
    writeFileSync(join(this.folder, path), text);
    return () => {
      rmSync(join(this.folder, path));
      if (existsSync(away)) renameSync(away, tests);
    };
  }

  /** Ends and removes all of it. */
  close(): void {
    this.compose('down', '--volumes', '--timeout', '5');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What of a container's state is looked at. */
interface Inspected {
  Name: string;
  State: {
    Running: boolean;
    StartedAt: string;
    Health?: { Status: string; Log?: { ExitCode: number; End: string }[] | null };
  };
}

/** A program that reads the agent's own configuration, as whom the agent runs. */
const NODE_OF_AGENT = [
  ...['--user', '10001:10000', '--network', 'none', '--volume', 'ztna_agent:/run/ztna:ro'],
  ...['--entrypoint', '/usr/bin/node', 'ztna/test-backend', '-e'],
];
const CONFIG = 'process.stdout.write(require("fs").readFileSync("/run/ztna/secret/agent.json"))';
