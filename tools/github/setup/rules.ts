import type { GithubSettings } from './settings.ts';

/** The name by which the ruleset is found again. */
export const RULESET = 'main: reviewed, checked, queued';

/** Minutes that the merge queue waits for checks; the longest job of tools.yml takes 45. */
const QUEUE_PATIENCE = 60;

/** The ruleset of the branch, as GitHub takes it; nobody may pass it by. */
export function rulesetOf({ checks }: GithubSettings) {
  return {
    name: RULESET,
    target: 'branch' as const,
    enforcement: 'active' as const,
    bypass_actors: [],
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'deletion' as const },
      { type: 'non_fast_forward' as const },
      { type: 'required_linear_history' as const },
      { type: 'pull_request' as const, parameters: REVIEW },
      {
        type: 'required_status_checks' as const,
        parameters: {
          // The queue looks at the combination, so a branch need not be the newest by itself.
          strict_required_status_checks_policy: false,
          required_status_checks: checks.map(({ context, app }) => ({ context, integration_id: app })),
        },
      },
      { type: 'merge_queue' as const, parameters: QUEUE },
    ],
  };
}

/** One approval by an owner of what is changed, of the last push, by a person who did not push it. */
const REVIEW = {
  required_approving_review_count: 1,
  require_code_owner_review: true,
  dismiss_stale_reviews_on_push: true,
  require_last_push_approval: true,
  required_review_thread_resolution: true,
  allowed_merge_methods: ['squash' as const],
};

/** Each combination passes by itself; up to five are looked at side by side. */
const QUEUE = {
  check_response_timeout_minutes: QUEUE_PATIENCE,
  grouping_strategy: 'ALLGREEN' as const,
  max_entries_to_build: 5,
  max_entries_to_merge: 1,
  merge_method: 'SQUASH' as const,
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 0,
};
