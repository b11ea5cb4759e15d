import type { AppState } from './app.ts';
import { refsOf, type Bare, type Refs } from './bare-repository.ts';

/** A pull request as the server keeps it. */
export interface PullState {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  author: string;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  /** The commit that it became, where it is merged. */
  merged?: string;
  /** Whether it goes together with its base; true where nothing is said. */
  mergeable?: boolean;
  /** Its commits, where there is no repository that has them. */
  commits: CommitState[];
  reviews: { login: string; state: string; commit: string }[];
  /** Teams that are asked for a review. */
  asked?: string[];
}

/** A commit; an author or committer without login is one whose address GitHub does not know. */
export interface CommitState {
  sha: string;
  message: string;
  author?: string;
  committer?: string;
  email: string;
}

export interface CommentState {
  id: number;
  issue: number;
  login: string;
  type: 'User' | 'Bot';
  body: string;
}

/** A comment beside lines of a pull request. */
export interface ReviewCommentState {
  id: number;
  pull: number;
  login: string;
  type: 'User' | 'Bot';
  body: string;
  commit: string;
  path: string;
  startLine?: number;
  line: number;
}

export interface IssueState {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  login: string;
  labels: string[];
}

/** What GitHub would know, in memory. */
export interface GithubState {
  owner: string;
  repo: string;
  /** Who the token is; an app's token cannot ask. */
  me: { login: string; type: 'User' | 'Bot' };
  /** Whether a workflow's own token may open pull requests; a setting of the repository. */
  actionsOpenPulls: boolean;
  pulls: PullState[];
  comments: CommentState[];
  reviewComments: ReviewCommentState[];
  issues: IssueState[];
  /** Labels of pull requests, by number. */
  pullLabels: Map<number, string[]>;
  /** Ids of apps, by slug. */
  apps: Map<string, number>;
  statuses: { sha: string; context: string; state: string; description: string; targetUrl: string }[];
  checkRuns: {
    id: number;
    name: string;
    headSha: string;
    externalId: string;
    body: Record<string, any>;
    annotations: any[];
  }[];
  sarifs: { commit: string; ref: string; sarif: string }[];
  /** Full name, such as `refs/heads/main`, to commit. */
  refs: Refs;
  /** The app that is installed, where one is. */
  app?: AppState | undefined;
  /** The repository behind it, where there is one: trees and commits can be read and written then. */
  bare?: Bare;
  /** Whose account an address is; an address of GitHub's own says it itself. */
  accounts: Map<string, string>;
  /** `<branch> <path>` to text. */
  contents: Map<string, string>;
  teams: Map<string, string[]>;
  deployments: {
    id: number;
    ref: string;
    environment: string;
    /** When it was made; GitHub says, and a test may. */
    at?: string;
    statuses: { state: string; description: string }[];
  }[];
}

/** A repository of which nothing is known yet. @param bare what git knows of it */
export function emptyState(bare?: Bare): GithubState {
  return {
    ...(bare && { bare }),
    owner: 'example',
    repo: 'access',
    me: { login: 'github-actions[bot]', type: 'Bot' },
    actionsOpenPulls: true,
    pulls: [],
    comments: [],
    reviewComments: [],
    issues: [],
    pullLabels: new Map(),
    apps: new Map([['github-actions', 15368]]),
    statuses: [],
    checkRuns: [],
    sarifs: [],
    refs: bare ? refsOf(bare) : new Map<string, string>(),
    accounts: new Map(),
    contents: new Map(),
    teams: new Map(),
    deployments: [],
  };
}
