import { BASE } from './base.ts';
import { FORMS } from './forms.ts';
import { FRAME } from './frame.ts';
import { LISTS } from './lists.ts';
import { PARTS } from './parts.ts';
import { PICTURE } from './picture.ts';
import { SCREENS } from './screens.ts';
import { STATES } from './states.ts';
import { TABLES } from './tables.ts';

/** How every page looks: from a few tokens, light and dark, wide, narrow and on paper; later rules win. */
export const STYLE = [BASE, FRAME, PARTS, PICTURE, LISTS, TABLES, FORMS, STATES, SCREENS]
  .join('')
  // Written for people; sent without the indent.
  .replace(/\n\s+/g, '\n')
  .trim();
