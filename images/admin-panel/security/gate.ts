import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { viewIn, type RequestContext, type PanelContext, type SignedIn } from '../context.ts';
import { shownIn } from '../model/view.ts';
import { RequestFault } from '../problems.ts';
import { permissionsOf } from './permissions.ts';
import { RateLimit } from './rate.ts';

/** What a request carries once it has passed the gate. */
export interface PanelEnv {
  Variables: { asked: RequestContext };
}

/** Nothing from elsewhere, nothing inline, no frame around it. */
export const HEADERS: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  crossOriginResourcePolicy: 'same-origin',
  crossOriginOpenerPolicy: 'same-origin',
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
});

/** How often one person may look: a page is two or three requests. */
const LOOKS = { burst: 300, perSecond: 50 };
/** How often one person may work out a proposal, as they type. */
const CHANGES = { burst: 60, perSecond: 4 };

/** Who asks, from where, and how often: refused here, or not at all. */
export function gate(panel: PanelContext): MiddlewareHandler<PanelEnv> {
  const looks = new RateLimit(panel.looks ?? LOOKS, panel.now);
  const changes = new RateLimit(panel.looks ?? CHANGES, panel.now);
  return async (context, next) => {
    verifyHost(context, panel.hosts);
    verifyOrigin(context, panel.hosts);
    const claim = await panel.signIn({
      peer: getConnInfo(context).remote.address,
      header: (name) => context.req.header(name),
    });
    if ('refused' in claim) throw new RequestFault(401, claim.refused, 'sign in again');
    const writes = isWrite(context);
    const after = (writes ? changes : looks).take(claim.principal);
    if (after > 0)
      throw new RequestFault(429, 'too many requests', `try again in ${after} s`, {
        'retry-after': String(after),
      });
    const permit: RequestContext['permit'] = (view) => permissionsOf(view, claim);
    context.set('asked', { panel, permit, who: signedIn(panel, permit) });
    await next();
  };
}

/** Who asks. A change concerns every environment, so that one who proposes must be let to in all that are shown. */
function signedIn(panel: PanelContext, permit: RequestContext['permit']): SignedIn {
  const { known } = viewIn(panel, undefined);
  const all = [...shownIn(known).keys()].map((id) => permit(viewIn(panel, id)).who);
  const [{ person, by }] = all as [SignedIn];
  return { by, person: { ...person, mayPropose: all.every((one) => one.person.mayPropose) } };
}

/** Whether a request may change something. */
export const isWrite = ({ req }: Context): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(req.method);

/** A name that leads here and is not ours is somebody else's page that tries to read this one (DNS rebinding). */
function verifyHost({ req }: Context, hosts: readonly string[]): void {
  const host = req.header('host')?.toLowerCase();
  if (host === undefined || !hosts.includes(host))
    throw new RequestFault(
      403,
      `this is not ${host ?? 'a host without a name'}`,
      `use one of: ${hosts.join(', ')}`,
    );
}

/** A page from elsewhere may lead here, and can neither read nor change anything. */
function verifyOrigin(context: Context, hosts: readonly string[]): void {
  const { req } = context;
  const site = req.header('sec-fetch-site');
  const navigates = req.method === 'GET' && req.header('sec-fetch-mode') === 'navigate';
  if (site !== undefined && !['same-origin', 'none'].includes(site) && !navigates)
    throw new RequestFault(403, 'the request comes from another page', 'use the panel itself');
  const origin = req.header('origin');
  if (origin !== undefined && !hosts.includes(hostOf(origin)))
    throw new RequestFault(403, 'the request comes from another page', 'use the panel itself');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
