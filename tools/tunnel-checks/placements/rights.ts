import { spawn, spawnSync } from 'node:child_process';

/** Set where this process runs in namespaces of its own. */
const INSIDE = 'ZTNA_TUNNEL_INSIDE';

/** Namespaces that end with the process: network, mounts and processes. */
const OWN = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** The same for a user who is not root, where the system lets users have namespaces. */
const AS_ROOT = ['--user', '--map-root-user'];

/** How namespaces can be had here, or why not. */
export type Rights =
  { state: 'inside' } | { state: 'possible'; flags: readonly string[] } | { state: 'none'; reason: string };

/** Looks whether network namespaces can be made. */
export function rights(env: NodeJS.ProcessEnv): Rights {
  if (env[INSIDE] === '1') return { state: 'inside' };
  if (process.platform !== 'linux')
    return { state: 'none', reason: 'there are network namespaces on Linux only' };
  if (spawnSync('ip', ['-V']).error)
    return { state: 'none', reason: 'the program ip is not installed (iproute2)' };
  for (const flags of [OWN, [...AS_ROOT, ...OWN]])
    if (spawnSync('unshare', [...flags, 'sh', '-c', NEEDED], { timeout: 10_000 }).status === 0)
      return { state: 'possible', flags };
  return { state: 'none', reason: 'network namespaces and TUN devices cannot be made without more rights' };
}

/** How a program ends that somebody interrupted. */
const INTERRUPTED = 130;

/** What must work inside. */
const NEEDED =
  'mkdir -p /run/netns && mount -t tmpfs netns /run/netns && ip netns add a && ip -n a tuntap add t mode tun';

/** Runs this very program again, in namespaces of its own, and shows what it says. */
export async function enter(
  flags: readonly string[],
  command: readonly string[],
): Promise<{ status: number; output: string }> {
  const prepare = 'mkdir -p /run/netns && mount -t tmpfs netns /run/netns && exec "$@"';
  const child = spawn('unshare', [...flags, 'sh', '-c', prepare, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [INSIDE]: '1' },
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
    process.stdout.write(bytes);
  });
  // unshare waits through any signal but this one, by which all that it started ends too. Whoever ended this did not ask for
  // what would have come next.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      child.once('close', () => process.exit(INTERRUPTED));
      child.kill('SIGKILL');
    });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status: status ?? 1, output })));
}
