/**
 * Every action that workflows may use. Each is named by its commit, as a tag can be moved and a commit cannot, with its
 * release beside it, the same in all workflows. The bot proposes newer ones (.github/dependabot.yml); another action is a
 * line here: look at what it does first.
 */
export const ACTIONS: readonly string[] = [
  'actions/checkout',
  'actions/setup-node',
  'actions/upload-artifact',
  'actions/download-artifact',
  'actions/attest-build-provenance',
  'aws-actions/configure-aws-credentials',
  'aws-actions/amazon-ecr-login',
  'hashicorp/setup-terraform',
  'docker/setup-qemu-action',
  'docker/setup-buildx-action',
  'docker/build-push-action',
  'sigstore/cosign-installer',
  'Swatinem/rust-cache',
];

/** An action at a commit, as a workflow names it. */
export interface UsedAction {
  action: string;
  commit: string | undefined;
  /** What follows it: `# v7.0.1` */
  comment: string;
}

/** The actions that a workflow's text uses; a workflow of this repository is at the commit that calls it. */
export function actionsIn(text: string): UsedAction[] {
  return [...text.matchAll(/^\s*(?:- )?uses: *(\S+)(.*)$/gm)]
    .filter(([, used]) => !used!.startsWith('./.github/workflows/'))
    .map(([, used, comment]) => {
      const [action = '', commit] = used!.split('@');
      return { action, commit, comment: comment!.trim() };
    });
}
