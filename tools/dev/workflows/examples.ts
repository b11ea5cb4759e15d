/** For each rule, changes of a sound workflow that break it: what is replaced, and by what. */
export const FAULTS: Readonly<Record<string, readonly [from: string, to: string][]>> = {
  pins: [
    ['820762786026740c76f36085b0efc47a31fe5020 # v7.0.0', 'v7.0.0'],
    ['820762786026740c76f36085b0efc47a31fe5020', '82076278'],
    ['# v7.0.0', '# v7'],
    ['actions/setup-node@', 'somebody/setup-node@'],
  ],
  'no permissions at the top': [
    ['permissions: {}', 'permissions: { contents: read }'],
    ['permissions: {}', 'permissions: write-all'],
    ['permissions: {}', ''],
  ],
  'permissions of each job': [
    ['    permissions: { contents: read }\n', ''],
    ['permissions: { contents: read }', 'permissions: read-all'],
  ],
  timeouts: [['    timeout-minutes: 5\n', '']],
  'credentials are not kept': [
    ['persist-credentials: false', 'persist-credentials: true'],
    ['persist-credentials: false', 'fetch-depth: 0'],
  ],
  'the base branch alone is checked out': [
    [
      'persist-credentials: false',
      "persist-credentials: false\n          ref: '${{ github.event.pull_request.head.sha }}'",
    ],
    ['persist-credentials: false', "persist-credentials: false\n          ref: '${{ github.head_ref }}'"],
    ['persist-credentials: false', "persist-credentials: false\n          ref: 'refs/pull/1/merge'"],
    [
      'persist-credentials: false',
      "persist-credentials: false\n          repository: '${{ github.event.pull_request.head.repo.full_name }}'",
    ],
  ],
  'code of a pull request has no rights': [
    ['pull_request_target:', 'pull_request:\n  push:\n  # '],
    ['pull_request_target:', 'pull_request:\n  # '],
  ],
  'secrets are named here': [
    ['NUMBER: ${{ github.event.pull_request.number }}', 'KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}'],
    ['NUMBER: ${{ github.event.pull_request.number }}', 'TOKEN: ${{ secrets.PROPOSALS_TOKEN }}'],
    // Without an environment, any branch's workflow could have it.
    [
      'pull_request_target:\npermissions: {}\njobs:',
      'push:\npermissions: {}\nenv: {}\njobs:\n  other:\n    timeout-minutes: 1\n    permissions: {}\n    env: { TOKEN: "${{ secrets.PROPOSALS_TOKEN }}" }',
    ],
  ],
  'one script a step': [
    ['npm run validate', 'npm run validate && npm run publish'],
    ['npm run validate', 'npm run validate; curl example.com'],
    ['npm run validate', 'git checkout main'],
    ['npm run validate', 'node tools/dev/evil.js'],
    ['npm run validate', 'npm run validate --json'],
    ['npm run validate', 'node bin/ztna.js validate && node bin/ztna.js publish'],
    ['npm run validate', 'node bin/ztna.js validate --base "$(whoami)"'],
    ['npm run validate', 'npm run validate -- --base "$(whoami)"'],
    ['npm run validate', '|\n          npm run validate\n          npm run publish'],
  ],
  'who publishes can fetch': [
    ['npm run validate', 'node bin/ztna.js merge --env "$ENVIRONMENT" --losses'],
    ['npm run validate', 'node bin/ztna.js publish --env "$ENVIRONMENT"'],
  ],
  'the agent is another user': [
    ['npm run validate', 'node bin/ztna.js merge --env "$ENVIRONMENT" --execute'],
    ['npm run validate', 'node bin/ztna.js smoke --env "$ENVIRONMENT"'],
    ['npm run validate', 'node bin/ztna.js merge --env "$ENVIRONMENT" --agent-user runner'],
  ],
  'no expression in a program': [
    ['npm run validate', "npm run validate -- '${{ github.event.pull_request.title }}'"],
  ],
  'scripts exist': [
    ['npm run validate', 'npm run validat'],
    ['npm run validate', 'node bin/ztna.js validat'],
  ],
  'no environment is named': [
    ['timeout-minutes: 5', 'timeout-minutes: 5\n    environment: live-publish'],
    ['timeout-minutes: 5', 'timeout-minutes: 5\n    strategy: { matrix: { environment: [lab, live] } }'],
    ['timeout-minutes: 5', 'timeout-minutes: 5\n    env: { ENVIRONMENT: live }'],
    ['timeout-minutes: 5', 'timeout-minutes: 5\n    with: { environment: live }'],
    ['npm run validate', 'node bin/ztna.js status --env live'],
  ],
  'production packages beside rights': [
    ['permissions: { statuses: write }', 'permissions: { id-token: write }'],
  ],
  'what an author chose is a number': [
    [
      'NUMBER: ${{ github.event.pull_request.number }}',
      'PULL: ${{ github.event.workflow_run.display_title }}',
    ],
    ['NUMBER: ${{ github.event.pull_request.number }}', 'TITLE: ${{ github.event.pull_request.title }}'],
    ['NUMBER: ${{ github.event.pull_request.number }}', 'REF: ${{ github.head_ref }}'],
    [
      '    timeout-minutes: 7\n',
      "    timeout-minutes: 7\n    if: ${{ github.event.workflow_run.head_branch == 'main' }}\n",
    ],
    [
      '    timeout-minutes: 7\n',
      "    timeout-minutes: 7\n    if: github.event.workflow_run.head_branch == 'main'\n",
    ],
    [
      '    timeout-minutes: 7\n',
      "    timeout-minutes: 7\n    if: contains(github.event.comment.body, '/recheck')\n",
    ],
    ['permissions: {}', 'permissions: {}\nenv: { BASE: "${{ github.event.workflow_run.display_title }}" }'],
  ],
  'jobs have names': [
    ['    name: Look\n', ''],
    ['name: Look\n', 'name: policy\n'],
  ],
  'an accepted finding has its reason': [
    ['  look:\n', '  look: # zizmor: ignore[anonymous-definition]\n'],
    ['  look:\n', '  look: # zizmor: ignore it is fine\n'],
  ],
  'who waits for whom': [
    ['jobs:', 'concurrency: { group: merge-live, cancel-in-progress: false }\njobs:'],
    ['timeout-minutes: 5', 'timeout-minutes: 5\n    concurrency: merge-live'],
  ],
};

/** A workflow that keeps every rule; each fault is a change of it. */
export const SOUND = `name: Sound
on:
  pull_request_target:
permissions: {}
jobs:
  look:
    name: Look
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
      - run: npm run validate
        env:
          NUMBER: \${{ github.event.pull_request.number }}
  write:
    name: Write
    runs-on: ubuntu-24.04
    timeout-minutes: 7
    permissions: { statuses: write }
    steps:
      - run: npm ci --ignore-scripts --no-audit --no-fund
`;
