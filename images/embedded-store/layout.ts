import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedEnvironment } from '../../tools/load/repository.ts';
import type { TrustedKey } from '../../tools/contract/shapes.ts';
import type { Secrets } from '../../tools/local/secrets.ts';
import { USERS } from './settings.ts';

/** Writes the folder of each component, and of the agent: secrets that it reads, and places in which its policy agent writes. */
export class Layout {
  readonly #root: string;
  readonly #secrets: Secrets;

  constructor(root: string, secrets: Secrets) {
    this.#root = root;
    this.#secrets = secrets;
  }

  /** Lays out an environment's components. @param trusted the keys that their policy agents trust */
  async components({ value, connectors }: LoadedEnvironment, trusted: readonly TrustedKey[]): Promise<void> {
    for (const { id } of value.intermediates) {
      const subject = { kind: 'intermediate', id, address: `intermediate-${id}` } as const;
      const folder = this.#component(`intermediate-${id}`, await this.#secrets.certificate(subject), trusted);
      this.#secret(folder, 'keys.json', this.#secrets.sharedKeys());
      this.#secret(folder, 'client-cas.pem', await this.#secrets.authority());
    }
    for (const id of connectors.keys()) {
      const tls = await this.#secrets.certificate({ kind: 'connector', id });
      const folder = this.#component(`connector-${id}`, tls, trusted);
      this.#secret(folder, 'server-cas.pem', await this.#secrets.authority());
    }
  }

  /** Lays out the agent of one principal. @param config what `ztna agent-config` prints */
  async agent(principal: string, device: ReadonlyMap<string, string>, config: object): Promise<void> {
    const folder = this.#folder('agent', 'secret', 0o750);
    this.#secret(
      folder,
      'tls.pem',
      await this.#secrets.certificate({ kind: 'principal', principal, device }),
    );
    this.#secret(folder, 'server-cas.pem', await this.#secrets.authority());
    this.#own(folder, 'agent.json', JSON.stringify(config));
  }

  /** Lays out what the admin panel believes: whose entries, and who signs clients. */
  async panel(trusted: readonly TrustedKey[]): Promise<void> {
    const folder = this.#folder('admin-panel', 'secret', 0o750);
    this.#own(folder, 'trusted-keys.json', JSON.stringify(trusted));
    this.#secret(folder, 'client-cas.pem', await this.#secrets.authority());
  }

  #component(name: string, tls: string, trusted: readonly TrustedKey[]): string {
    for (const [place, mode] of [
      ['enforce', 0o750],
      ['state', 0o700],
    ] as const) {
      const folder = this.#folder(name, place, mode);
      chownSync(folder, USERS.agent, USERS.group);
    }
    const folder = this.#folder(name, 'secret', 0o750);
    this.#secret(folder, 'tls.pem', tls);
    this.#own(folder, 'trusted-keys.json', JSON.stringify(trusted));
    return folder;
  }

  #folder(name: string, place: string, mode: number): string {
    const folder = join(this.#root, name, place);
    mkdirSync(folder, { recursive: true });
    chmodSync(join(this.#root, name), 0o755);
    chmodSync(folder, mode);
    chownSync(folder, 0, USERS.group);
    return folder;
  }

  #secret(folder: string, name: string, from: string): void {
    copyFileSync(from, join(folder, name));
    this.#readable(join(folder, name));
  }

  #own(folder: string, name: string, text: string): void {
    writeFileSync(join(folder, name), text);
    this.#readable(join(folder, name));
  }

  /** For the group that all components share, as on an instance. */
  #readable(file: string): void {
    chmodSync(file, 0o440);
    chownSync(file, 0, USERS.group);
  }
}
