import type { Command } from './shared/command.ts';

/** Every command; each is imported only when it runs, so that none pays for another's libraries. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  validate: async () => (await import('./validate.ts')).validate,
  'pull-request': async () => (await import('./pull-request.ts')).pullRequest,
  'render-diff': async () => (await import('./render-diff.ts')).renderDiff,
  explain: async () => (await import('./explain.ts')).explain,
  access: async () => (await import('./access.ts')).access,
  render: async () => (await import('./render.ts')).render,
  keys: async () => (await import('./keys.ts')).keys,
  merge: async () => (await import('./merge.ts')).merge,
  publish: async () => (await import('./publish.ts')).publish,
  deploy: async () => (await import('./deploy.ts')).deploy,
  rollback: async () => (await import('./rollback.ts')).rollback,
  release: async () => (await import('./release.ts')).release,
  heartbeat: async () => (await import('./heartbeat.ts')).heartbeat,
  collect: async () => (await import('./collect.ts')).collect,
  forget: async () => (await import('./forget.ts')).forget,
  drift: async () => (await import('./drift.ts')).drift,
  expire: async () => (await import('./expire.ts')).expire,
  grant: async () => (await import('./grant.ts')).grant,
  follow: async () => (await import('./follow.ts')).follow,
  status: async () => (await import('./status.ts')).status,
  history: async () => (await import('./history.ts')).history,
  github: async () => (await import('./github.ts')).github,
};
