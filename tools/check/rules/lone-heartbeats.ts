import { warning, type Rule } from '../rule.ts';

export const loneHeartbeats: Rule = {
  id: 'lone-heartbeats',
  says: 'Ensure that production which denies what is stale has a second scheduler of heartbeats.',
  why: 'A schedule on GitHub that nobody misses for some days, as after 60 days without a commit, would end all access at once.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const { bundle, images, production = true } = environment.value;
      const { action, afterHours = 0 } = bundle.onStale;
      if (!production || action === 'keep' || images.heartbeat) continue;
      const hours = bundle.entryLifetimeHours + afterHours;
      yield warning(loneHeartbeats.id, environment, ['bundle', 'onStale', 'action'], {
        message: `nobody gets through ${hours} hours after the last heartbeat, and GitHub alone schedules them`,
        expected: 'keep, or a second scheduler',
        found: action,
        remedy: 'write { action: keep }, or name an image for it as images.heartbeat',
      });
    }
  },
};
