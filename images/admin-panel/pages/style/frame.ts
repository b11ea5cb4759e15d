import { css } from './base.ts';

/** The frame of each page: marks, search, tabs. */
export const FRAME = css`
  .skip {
    position: absolute;
    left: 1rem;
    top: -4rem;
    background: var(--paper);
    padding: 0.5rem 1rem;
    z-index: 9;
  }
  .skip:focus {
    top: 0.5rem;
  }
  .paper-only {
    display: none;
  }

  .wrap {
    max-width: 77rem;
    margin: 0 auto;
    padding: 0 1.5rem;
  }
  .top {
    background: var(--paper);
    border-bottom: 1px solid var(--line);
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.75rem 0 0.4rem;
    flex-wrap: wrap;
  }
  .mark {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    color: var(--ink);
    font-weight: 600;
    text-decoration: none;
  }
  .envs {
    display: flex;
    background: var(--sunk);
    border-radius: 8px;
    padding: 2px;
  }
  .envs a,
  .seg a {
    display: flex;
    gap: 6px;
    align-items: center;
    min-height: 24px;
    padding: 2px 10px;
    border-radius: 6px;
    color: var(--ink-2);
    font-size: 0.78rem;
    text-decoration: none;
  }
  .envs a[aria-current],
  .seg a[aria-current] {
    background: var(--paper);
    color: var(--ink);
    font-weight: 600;
    box-shadow: 0 0 0 1px var(--line);
  }
  .seg {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    padding: 2px;
    border-radius: 8px;
    background: var(--sunk);
    width: fit-content;
    max-width: 100%;
  }
  .find {
    flex: 1;
    max-width: 26rem;
    margin-left: auto;
  }
  .find input {
    width: 100%;
  }
  .who {
    display: flex;
    gap: 0.6rem;
    align-items: center;
    font-size: 0.78rem;
    color: var(--ink-2);
  }
  .live::before {
    content: '';
    display: inline-block;
    width: 7px;
    height: 7px;
    margin-right: 6px;
    border-radius: 50%;
    background: var(--ok);
  }
  .live.still::before {
    background: none;
    border: 1.5px solid var(--old);
  }
  .tabs {
    display: flex;
    overflow-x: auto;
    scrollbar-width: none;
    margin: 0 -0.5rem;
  }
  .tabs a {
    padding: 6px 0.55rem 9px;
    color: var(--ink-2);
    white-space: nowrap;
    text-decoration: none;
    border-bottom: 2px solid transparent;
  }
  .tabs a:hover {
    border-color: var(--line);
  }
  .tabs a[aria-current] {
    color: var(--ink);
    font-weight: 600;
    border-color: var(--ink);
  }
  .tabs a:focus-visible {
    outline-offset: -2px;
  }
  .count {
    display: inline-block;
    min-width: 18px;
    padding: 0 5px;
    margin-left: 4px;
    border-radius: 99px;
    background: var(--wait-soft);
    color: var(--wait);
    font-size: 0.7rem;
    line-height: 17px;
    text-align: center;
    font-weight: 600;
  }
  main {
    padding: 1.5rem 0 3rem;
  }
  main > * + * {
    margin-top: 1rem;
  }
`;
