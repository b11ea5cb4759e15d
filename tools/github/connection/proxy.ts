/** The environment in which a command runs. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A variable in lower case, which counts before, as with curl, or in upper case. */
const named = (env: Environment, name: string): string | undefined =>
  env[name.toLowerCase()] || env[name] || undefined;

/**
 * The proxy through which an address is reached, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; undefined where it is
 * reached directly. NO_PROXY lists hosts with all below them, each perhaps with a port, or `*`.
 */
export function proxyFor(address: string, env: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(address);
  const proxy = named(env, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const own = port || (protocol === 'https:' ? '443' : '80');
  const isOut = (one: string): boolean => {
    const [, host = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(one.toLowerCase())!;
    const isHost = host === '' || hostname === host || hostname.endsWith(`.${host}`);
    return isHost && (only === undefined || only === own);
  };
  const out = (named(env, 'NO_PROXY') ?? '').split(/[\s,]+/).filter(Boolean);
  return out.some(isOut) ? undefined : proxy;
}

/** How requests to an address are sent through its proxy, as Node's own `fetch` asks none; undefined without one. */
export async function proxiedFetch(
  address: string,
  env: Environment,
): Promise<typeof globalThis.fetch | undefined> {
  const proxy = proxyFor(address, env);
  if (proxy === undefined) return undefined;
  const { ProxyAgent, fetch } = await import('undici');
  const dispatcher = new ProxyAgent(proxy);
  const send = (url: string, init: object) => fetch(url, { ...init, dispatcher });
  return send as unknown as typeof globalThis.fetch;
}
