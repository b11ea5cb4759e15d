/** The ids of policies whose boxes somebody has ticked in the text of a pull request that asks for it. */
export function confirmedIn(body: string): Set<string> {
  const ticked = body.matchAll(/^- \[[xX]\] `([a-z][a-z0-9-]{0,62})`/gm);
  return new Set([...ticked].map(([, id]) => id!));
}
