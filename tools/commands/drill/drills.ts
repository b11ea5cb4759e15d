import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Scalar } from 'yaml';
import { initialize } from '../../certificates/folder.ts';
import { git } from '../../git/run.ts';
import { keyFile, LOCAL_KEY, publicHalf } from '../../publish/keys/keys.ts';
import type { Context } from '../shared/command.ts';
import type { Scene } from './scene.ts';

/** One step of a drill. What is no happening is in the runbook, in this order and these words. */
export type RunbookStep =
  /** What goes wrong. */
  | { kind: 'happens'; says: string; act(scene: Scene, context: Context): Promise<void> }
  /** A command, with `<env>` for the environment; it must end with this status, or else with 0. */
  | { kind: 'command'; says: string; status?: 1 | 2 }
  /** A change of a file, which is then committed. */
  | { kind: 'change'; says: string; act(scene: Scene): Promise<void> }
  /** Something else that a person does. */
  | { kind: 'deed'; says: string; act(scene: Scene): Promise<void> };

/** A drill: what happens, and what the runbook says to do. */
export interface Drill {
  /** The heading of its section in docs/operations.md. */
  section: string;
  steps: readonly RunbookStep[];
}

/** A line of revoked.yaml. */
function revocation(what: object): object {
  // Terraform would read it as a time if it were not quoted.
  const date = new Scalar(new Date().toISOString().slice(0, 10));
  date.type = Scalar.QUOTE_DOUBLE;
  return { ...what, reason: 'A drill', date };
}

/** Adds to a list of revoked.yaml, which may not be there yet. */
const revoke = (scene: Scene, list: 'certificates' | 'cas', line: object): void =>
  scene.edit('policies/revoked.yaml', (file) => {
    if (file.has(list)) file.addIn([list], file.createNode(line));
    else file.set(list, file.createNode([line]));
  });

const wantFiles = async (scene: Scene): Promise<void> => scene.watch.want(await scene.parts());

const STORE_LOST: Drill = {
  section: 'The store is lost, or an old copy',
  steps: [
    {
      kind: 'happens',
      says: 'the store is lost, with everything in it; an empty one takes its place',
      async act(scene) {
        await scene.loseStore();
        await scene.begin();
        // Instances report at their next renewal; one that starts anew reports at once.
        await scene.deploy();
        await scene.reported();
      },
    },
    { kind: 'command', says: 'npx ztna publish --env <env> --execute', status: 2 },
    {
      kind: 'change',
      says: 'epoch: 2',
      act: async (scene) =>
        scene.edit('environment.yaml', (file) => file.set('epoch', Number(file.get('epoch')) + 1)),
    },
    { kind: 'command', says: 'npx ztna publish --env <env> --execute' },
    {
      kind: 'deed',
      says: 'npx ztna deploy --env <env> --only additions --execute',
      act: (scene) => scene.deploy(),
    },
    { kind: 'command', says: 'npx ztna merge --env <env> --execute' },
  ],
};

const KEY_LOST: Drill = {
  section: 'A signing key is lost',
  steps: [
    {
      kind: 'happens',
      says: 'the private half of the signing key is gone',
      act: async (scene) => rmSync(keyFile(scene.state, LOCAL_KEY)),
    },
    { kind: 'command', says: 'npx ztna keys init --name next' },
    { kind: 'command', says: 'npx ztna keys show --name next' },
    {
      kind: 'change',
      says: 'bundle.trustedKeys',
      act: async (scene) => {
        const half = publicHalf(keyFile(scene.state, 'next'), 'next')!;
        scene.edit('environment.yaml', (file) =>
          file.addIn(['bundle', 'trustedKeys'], file.createNode(half)),
        );
      },
    },
    {
      kind: 'deed',
      says: 'npx ztna deploy --env <env> --only additions --execute',
      async act(scene) {
        await scene.deploy();
        await scene.reported();
      },
    },
    { kind: 'command', says: 'npx ztna merge --env <env> --key next --execute' },
    { kind: 'command', says: 'npx ztna heartbeat --env <env> --key next --execute' },
  ],
};

const CA_COMPROMISED: Drill = {
  section: 'A client CA is compromised',
  steps: [
    { kind: 'happens', says: "the key of a client CA is in others' hands", act: async () => {} },
    {
      kind: 'change',
      says: 'cas:',
      async act(scene) {
        const [ca] = (await scene.environment()).clientCas;
        revoke(scene, 'cas', revocation({ ca: ca!.id }));
        await wantFiles(scene);
      },
    },
    { kind: 'command', says: 'npx ztna merge --env <env> --losses --execute' },
    {
      kind: 'change',
      says: 'clientCas',
      async act(scene) {
        const certificate = readFileSync(await initialize(join(scene.state, 'certs'), new Date()), 'utf8');
        scene.edit('environment.yaml', (file) =>
          file.addIn(['clientCas'], file.createNode({ id: 'people-next', certificate })),
        );
        await wantFiles(scene);
      },
    },
    { kind: 'command', says: 'npx ztna merge --env <env> --execute' },
  ],
};

const GITHUB_AWAY: Drill = {
  section: 'GitHub is away',
  steps: [
    {
      kind: 'happens',
      says: 'a change is in force that must not be, and GitHub does not answer',
      async act(scene, context) {
        await git(scene.root, 'remote', 'add', 'origin', join(scene.state, 'github'));
        // A certificate that nobody has.
        revoke(scene, 'certificates', revocation({ fingerprint: randomBytes(32).toString('hex') }));
        await scene.commit('A change that must not be');
        await scene.run('npx ztna publish --env <env> --execute', context);
        scene.watch.want(await scene.parts());
        await scene.settled();
        scene.watch.want(await scene.parts('HEAD~1'));
      },
    },
    { kind: 'command', says: 'npx ztna rollback --env <env> --to 1 --now --reason "INC-8: ..." --execute' },
    { kind: 'deed', says: 'git revert', act: (scene) => scene.revert() },
    { kind: 'command', says: 'npx ztna merge --env <env> --execute' },
    {
      kind: 'deed',
      says: 'git push',
      async act(scene) {
        await git(scene.root, 'init', '-q', '--bare', join(scene.state, 'github'));
        await git(scene.root, 'push', '-q', 'origin', 'main');
      },
    },
    { kind: 'command', says: 'npx ztna drift --env <env>' },
  ],
};

/** Every drill, by its name. */
export const DRILLS = {
  'store-lost': STORE_LOST,
  'key-lost': KEY_LOST,
  'ca-compromised': CA_COMPROMISED,
  'github-away': GITHUB_AWAY,
} as const satisfies Record<string, Drill>;
