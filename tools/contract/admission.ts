import type { IntermediatePart, Part } from './shapes.ts';

/** Everything that a part refuses to connect, and what a person calls it. */
export function refusalsOf(part: Part): Map<string, string> {
  const refusals = new Map<string, string>();
  if (part.kind !== 'intermediate') return refusals;
  const short = (digest: string): string => digest.slice(0, 12);
  for (const one of part.revoked) refusals.set(`certificate ${one}`, `certificate ${short(one)}`);
  for (const one of part.revokedPrincipals ?? []) refusals.set(`principal ${one}`, `principal ${one}`);
  for (const one of part.revokedCas ?? []) refusals.set(`ca ${one}`, `client CA ${short(one)}`);
  return refusals;
}

/** A part that refuses, beside what it refuses, all that others refuse; nobody is let in by it who was not. */
export function withRefusals(part: IntermediatePart, others: readonly IntermediatePart[]): IntermediatePart {
  const all = [part, ...others];
  const revokedCas = union(all.map((one) => one.revokedCas));
  // A part of old times accepts any CA: then only naming those that are left refuses one.
  const clientCas =
    part.clientCas?.filter((ca) => !revokedCas.includes(ca)) ??
    (revokedCas.length > 0 ? others[0]?.clientCas : undefined);
  return {
    ...part,
    revoked: union(all.map((one) => one.revoked)),
    revokedPrincipals: union(all.map((one) => one.revokedPrincipals)),
    revokedCas,
    ...(clientCas && { clientCas }),
  };
}

function union(lists: readonly (readonly string[] | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))].sort();
}

/** Whether whom a part lets in, another lets in too: no CA more, no refusal less, and no client without certificate. */
export function admitsNoMore(part: IntermediatePart, than: IntermediatePart): boolean {
  const refused = refusalsOf(part);
  return (
    [...refusalsOf(than).keys()].every((refusal) => refused.has(refusal) || isMoot(refusal, part)) &&
    (!than.clientCas || (part.clientCas?.every((ca) => than.clientCas!.includes(ca)) ?? false)) &&
    (!part.access.withoutCertificate || than.access.withoutCertificate !== undefined)
  );
}

/** Whether a CA that was refused is not accepted either without that. */
function isMoot(refusal: string, { clientCas }: IntermediatePart): boolean {
  const [kind, ca] = refusal.split(' ') as [string, string];
  return kind === 'ca' && clientCas !== undefined && !clientCas.includes(ca);
}
