import { execFileSync } from 'node:child_process';

/** One entry of a tree that is asked for: a text, an object that is there, or null for what is to go. */
export interface TreeChange {
  path: string;
  mode: string;
  content?: string;
  sha?: string | null;
}

/** A commit as GitHub's API tells it. */
export interface BareCommit {
  sha: string;
  tree: string;
  parents: string[];
  message: string;
  email: string;
}

/** A bare repository of git, as a GitHub keeps one: what is pushed there and what the API writes is one and the same. */
export class Bare {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Runs git there. @throws Error with what git said */
  git(words: readonly string[], input?: string, env: Readonly<Record<string, string>> = {}): string {
    return execFileSync('git', [...words], {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(input !== undefined && { input }),
    }).trimEnd();
  }

  /** The same; undefined where git fails. */
  ask(...words: string[]): string | undefined {
    try {
      return this.git(words);
    } catch {
      return undefined;
    }
  }

  commit(sha: string): BareCommit | undefined {
    const text = this.ask('show', '-s', '--format=%H%n%T%n%P%n%ae%n%B', `${sha}^{commit}`);
    if (text === undefined) return undefined;
    const [id = '', tree = '', parents = '', email = '', ...message] = text.split('\n');
    return { sha: id, tree, parents: parents.split(' ').filter(Boolean), email, message: message.join('\n') };
  }

  /** A tree made of another and changes. @throws Error where something that is to go is not there */
  tree(base: string | undefined, changes: readonly TreeChange[]): string {
    const env = { GIT_INDEX_FILE: 'index-of-the-api' };
    this.git(base === undefined ? ['read-tree', '--empty'] : ['read-tree', base], undefined, env);
    const known = new Set(this.git(['ls-files'], undefined, env).split('\n'));
    const lines = changes.map(({ path, mode, content, sha }) => {
      if (sha === null && !known.has(path)) throw new Error(`${path} is not there`);
      const object = content === undefined ? sha : this.git(['hash-object', '-w', '--stdin'], content);
      if (typeof sha === 'string') this.git(['cat-file', '-e', sha]);
      return object === null ? `0 ${'0'.repeat(40)}\t${path}\n` : `${mode} ${object}\t${path}\n`;
    });
    this.git(['update-index', '--index-info'], lines.join(''), env);
    return this.git(['write-tree'], undefined, env);
  }

  /** Writes a commit. @param login who it is of */
  write(message: string, tree: string, parents: readonly string[], login: string): string {
    const name = {
      GIT_AUTHOR_NAME: login,
      GIT_AUTHOR_EMAIL: `${login}@users.noreply.github.com`,
      GIT_COMMITTER_NAME: 'GitHub',
      GIT_COMMITTER_EMAIL: 'noreply@github.com',
    };
    return this.git(['commit-tree', tree, ...parents.flatMap((one) => ['-p', one])], message, name);
  }

  /** Squashes a branch onto another, as GitHub's merge queue does. @throws Error where they do not go together */
  squash(into: string, branch: string, message: string, login: string): string {
    const [base, head] = [this.git(['rev-parse', into]), this.git(['rev-parse', branch])];
    const tree = this.git(['merge-tree', '--write-tree', base, head]);
    const sha = this.write(message, tree, [base], login);
    this.git(['update-ref', `refs/heads/${into}`, sha]);
    return sha;
  }
}

/** Where references are kept: a map in memory, or those of a bare repository. */
export type Refs = Pick<Map<string, string>, 'get' | 'has' | 'set' | 'delete' | 'size'>;

/** The references of a bare repository. */
export function refsOf(bare: Bare): Refs {
  const get = (ref: string): string | undefined => bare.ask('rev-parse', '--verify', '--quiet', ref);
  const refs: Refs = {
    get,
    has: (ref) => get(ref) !== undefined,
    set(ref, sha) {
      bare.git(['update-ref', ref, sha]);
      return refs as Map<string, string>;
    },
    delete: (ref) => get(ref) !== undefined && bare.ask('update-ref', '-d', ref) !== undefined,
    get size() {
      return bare.git(['for-each-ref', '--format=%(refname)']).split('\n').filter(Boolean).length;
    },
  };
  return refs;
}
