import type { AccessChange } from '../contract/shapes.ts';

/** `ann@example.com would gain`, `12 principals would gain`, `anyone else would gain` */
export function whoText({ principals, anyoneElse }: Pick<AccessChange, 'principals' | 'anyoneElse'>): string {
  const named = principals.length > 1 ? `${principals.length} principals` : principals[0];
  const who = [named, anyoneElse && 'anyone else'].filter(Boolean).join(' and ');
  return `${who} would gain`;
}
