import { canonicalJson, digestOf } from '../../contract/log/canonical.ts';
import type { Enforcement } from '../../contract/shapes.ts';
import { denyAll, flatten } from '../../enforce/flatten.ts';
import type { EntryContent } from '../content/fetch.ts';

/** An enforcement file to be, and when it must be written anew. Instants are milliseconds. */
export interface Lease {
  text: string;
  /** Digest of the file's bytes. */
  digest: string;
  notAfter: number;
  renewAt: number;
  /** Set when the file allows nothing, although its part would: why. */
  denying?: string;
}

/**
 * What a component must enforce from now on, for as long as its part's lease says.
 * @returns undefined when the entry has no part for the component: then there must be no file
 */
export function leaseOf(content: EntryContent, component: string, now: number): Lease | undefined {
  const { part, position } = content;
  if (!part) return undefined;
  const denyAt = denialOf(content);
  const length = part.settings.leaseSeconds * 1000;
  const denied = now >= denyAt;
  const notAfter = denied ? now + length : Math.min(now + length, denyAt);
  const file = (denied ? denyAll : flatten)(part, component, position, now, notAfter);
  const text = canonicalJson(file);
  const renewAt = Math.min(now + length / 2, nextEdge(file, now));
  const denying = `the entry expired at ${content.entry.entry.expiresAt}, longer ago than onStale allows`;
  return { text, digest: digestOf(text), notAfter, renewAt, ...(denied && { denying }) };
}

/** The instant from which a stale entry is no longer enforced: never, unless `onStale` says otherwise. */
function denialOf({ part, entry }: EntryContent): number {
  const { action, afterHours = 0 } = part!.settings.onStale;
  return action === 'deny' ? Date.parse(entry.entry.expiresAt) + afterHours * 3_600_000 : Infinity;
}

/** The first instant after now, within the file's lease, at which a grant opens or closes. */
function nextEdge({ intermediate, notAfter }: Enforcement, now: number): number {
  const end = Date.parse(notAfter);
  let first = end;
  const unnamed = intermediate?.withoutCertificate;
  for (const { grants } of [...(intermediate?.classes ?? []), ...(unnamed ? [unnamed] : [])]) {
    for (const grant of grants) {
      for (const text of [grant.notBefore, grant.notAfter]) {
        const instant = Date.parse(text);
        if (instant > now && instant < first) first = instant;
      }
    }
  }
  return first;
}

/** Whether an entry is past its expiry. */
export function isStale({ entry }: EntryContent, now: number): boolean {
  return now >= Date.parse(entry.entry.expiresAt);
}
