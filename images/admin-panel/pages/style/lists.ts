import { css } from './base.ts';

/** Lists and the sentences of a difference. */
export const LISTS = css`
  .rows > li:first-child {
    border-top: 0;
  }
  .rows > li > .st {
    margin-top: 3px;
  }
  .note {
    color: var(--ink-3);
    font-size: 0.75rem;
  }
  .act {
    font-size: 0.78rem;
    white-space: nowrap;
  }
  .sentences li {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr);
    gap: 0.5rem;
    padding: 4px 0;
  }
  .sg {
    width: 20px;
    height: 20px;
    border-radius: 4px;
    display: grid;
    place-items: center;
    font: 600 13px/1 var(--mono);
    background: var(--off-soft);
    color: var(--off);
  }
  .gain .sg {
    background: var(--ok-soft);
    color: var(--ok);
  }
  .lose .sg {
    background: var(--bad-soft);
    color: var(--bad);
  }
  .move .sg {
    background: var(--link-soft);
    color: var(--link);
  }
  .same {
    color: var(--ink-3);
  }
  .src {
    font: 0.75rem var(--mono);
  }

  .scroll {
    overflow-x: auto;
    position: relative;
  }
`;
