import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is at a path: bytes or text of a file, where a link leads, or a folder. */
export type Thing = string | Buffer | { link: string } | { folder: true };

/** A temporary folder with these things in it. */
export class Tree {
  readonly root = mkdtempSync(join(tmpdir(), 'ztna-load-'));

  constructor(things: Readonly<Record<string, Thing>>) {
    for (const [path, thing] of Object.entries(things)) this.put(path, thing);
  }

  put(path: string, thing: Thing): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (typeof thing === 'string' || Buffer.isBuffer(thing)) writeFileSync(full, thing);
    else if ('link' in thing) symlinkSync(thing.link, full);
    else mkdirSync(full, { recursive: true });
  }

  /** Commits everything, byte for byte. @returns the commit */
  commit(): string {
    this.git('init', '--quiet');
    this.git('config', 'core.autocrlf', 'false');
    this.git('add', '--all', '--force');
    this.git(
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.com',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'a',
    );
    return this.git('rev-parse', 'HEAD');
  }

  git(...words: string[]): string {
    return execFileSync('git', words, { cwd: this.root, encoding: 'utf8' }).trim();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
