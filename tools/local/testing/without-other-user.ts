import { otherUser } from '../other-user.ts';

/** Why no program can be run as another user here; undefined where one can. */
export function withoutOtherUser(): string | undefined {
  try {
    otherUser('nobody', {});
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
