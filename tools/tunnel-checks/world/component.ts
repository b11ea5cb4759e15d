import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../contract/log/canonical.ts';
import { addressOf, type Host } from '../placements/placement.ts';
import type { HostProcess } from '../placements/host-process.ts';
import { until } from './patience.ts';

/** What a component is made of. */
export interface ComponentSpec {
  /** `intermediate/<id>` or `connector/<id>`. */
  component: string;
  /** Which instance of it. */
  instance: string;
  host: Host;
  /** A folder of its own. */
  folder: string;
  /** The program, and what its environment says beside what all components are told. */
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  /** The policy agent beside it, and what it is told of the log. */
  policyAgent: readonly string[];
  log: Readonly<Record<string, string>>;
}

/** Where health, figures and metrics of every component are in a world. */
const HTTP_PORT = 9090;

/** Milliseconds until a component that was started is ready, on a slow machine. */
const READY = 30_000;

/** One instance of a component with its policy agent, each a process on its host. */
export class Component {
  policyAgent: HostProcess;
  program: HostProcess;
  readonly spec: ComponentSpec;
  readonly http: string;

  constructor(spec: ComponentSpec) {
    this.spec = spec;
    this.http = `http://${addressOf(spec.host, 'internet')}:${HTTP_PORT}`;
    mkdirSync(join(spec.folder, 'enforce'), { recursive: true });
    this.policyAgent = this.#startPolicyAgent();
    this.program = this.#startProgram();
  }

  /** The enforcement file. */
  get file(): string {
    return join(this.spec.folder, 'enforce/enforcement.json');
  }

  /** When the enforcement file was written last, in milliseconds since 1970. */
  get writtenAt(): number {
    return statSync(this.file).mtimeMs;
  }

  /** When the lease of the enforcement file ends, in milliseconds since 1970. */
  get leaseEnd(): number {
    return Date.parse((JSON.parse(readFileSync(this.file, 'utf8')) as { notAfter: string }).notAfter);
  }

  /** Waits until it says that it is ready. */
  async ready(): Promise<void> {
    const { component, instance } = this.spec;
    await until(`${component}/${instance} is ready`, READY, async () => {
      if (!this.program.isRunning)
        throw new Error(`${component}/${instance} ended:\n${this.program.output.slice(-2000)}`);
      return (await this.#answers('/readyz')) || undefined;
    });
  }

  /** What it answers on a path, as JSON. */
  async asks(path: string): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.http}${path}`, { signal: AbortSignal.timeout(2000) });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Whether its program enforces this enforcement file, which it takes up a moment after it is written; one that is stopped has none. */
  async enforces(text: string): Promise<boolean> {
    if (!this.program.isRunning) return true;
    const { digest } = await this.asks('/applied').catch(() => ({ digest: undefined }));
    return digest === digestOf(text);
  }

  /** Starts the program again, once it has ended. @param env settings that are otherwise than before */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.program.ended;
    this.program = this.#startProgram(env);
  }

  /** Starts its program once more beside it, with other settings, as where something is wrong with a host. */
  beside(env: Readonly<Record<string, string>>): HostProcess {
    return this.#startProgram(env);
  }

  /** Starts the policy agent again, once it has ended. */
  async restartPolicyAgent(): Promise<void> {
    await this.policyAgent.ended;
    this.policyAgent = this.#startPolicyAgent();
  }

  async stop(): Promise<void> {
    await Promise.all([this.program.stop(), this.policyAgent.stop()]);
  }

  async #answers(path: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.http}${path}`, { signal: AbortSignal.timeout(1000) });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #startPolicyAgent(): HostProcess {
    const { host, folder, component, instance, policyAgent, log } = this.spec;
    return host.start(policyAgent, {
      env: {
        ...log,
        ZTNA_COMPONENT: component,
        ZTNA_INSTANCE: instance,
        ZTNA_OUT: join(folder, 'enforce'),
        ZTNA_STATE: join(folder, 'state'),
        ZTNA_APPLIED_URL: `${this.http}/applied`,
      },
    });
  }

  #startProgram(other: Readonly<Record<string, string>> = {}): HostProcess {
    const { host, component, instance, command, env } = this.spec;
    return host.start(command, {
      env: {
        ...env,
        ZTNA_COMPONENT: component,
        ZTNA_INSTANCE: instance,
        ZTNA_HTTP: this.http.replace('http://', ''),
        ZTNA_ENFORCEMENT: this.file,
        ...other,
      },
    });
  }
}
