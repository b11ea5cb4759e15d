/** One commit, as far as it says who wrote it. */
export interface CommitFacts {
  message: string;
  author: Person;
  committer: Person;
}

interface Person {
  login: string | undefined;
  email: string;
}

/** GitHub's own account, which commits what is merged or edited on its pages. */
const GITHUB = 'web-flow';

/** Everybody who wrote a part of some commits: logins in lower case, and addresses that belong to none. */
export function writersOf(commits: readonly CommitFacts[]): { logins: string[]; unknown: string[] } {
  const people = commits.flatMap(({ author, committer, message }) => [
    author,
    committer,
    ...coAuthors(message),
  ]);
  const known = new Map<string, string>();
  for (const { login, email } of people)
    if (login !== undefined) known.set(email.toLowerCase(), login.toLowerCase());
  const logins = new Set<string>();
  const unknown = new Set<string>();
  for (const { login, email } of people) {
    const name = login?.toLowerCase() ?? loginIn(email) ?? known.get(email.toLowerCase());
    if (name !== undefined) logins.add(name);
    else unknown.add(email.toLowerCase());
  }
  logins.delete(GITHUB);
  unknown.delete('noreply@github.com');
  return { logins: [...logins].sort(), unknown: [...unknown].sort() };
}

/** The people that a message's `Co-authored-by:` lines name. */
function coAuthors(message: string): Person[] {
  const lines = message.matchAll(/^[ \t]*co-authored-by:[^<\r\n]*<([^>\r\n]*)>/gim);
  return [...lines].map(([, email]) => ({ login: undefined, email: email!.trim() }));
}

/**
 * The login in an address that GitHub gives to a person who hides their own; one that a company manages has `_` before
 * its short name, and another server of GitHub has a host of its own.
 */
function loginIn(email: string): string | undefined {
  return /^(?:\d+\+)?([a-z0-9_-]+(?:\[bot\])?)@users\.noreply\.[a-z0-9.-]+$/i.exec(email)?.[1]?.toLowerCase();
}
