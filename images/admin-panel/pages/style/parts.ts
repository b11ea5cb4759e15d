import { css } from './base.ts';

/** What pages are put together of: cards, tags, banners, figures. */
export const PARTS = css`
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    justify-content: space-between;
    gap: 0.75rem 1.5rem;
  }
  .head p {
    color: var(--ink-2);
    max-width: 92ch;
    margin-top: 2px;
  }
  .foot {
    border-top: 1px solid var(--line);
    color: var(--ink-3);
    font-size: 0.75rem;
    padding: 1rem 0 2rem;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 1rem;
    justify-content: space-between;
  }
  .card {
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 8px;
  }
  .card > header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 0.75rem;
    padding: 0.7rem 1rem;
    border-bottom: 1px solid var(--line);
    color: var(--ink-3);
    font-size: 0.78rem;
  }
  .card > header h2 {
    color: var(--ink);
  }
  .in {
    padding: 0.75rem 1rem 1rem;
  }
  .two,
  .wide-narrow,
  .form-diff {
    display: grid;
    gap: 1rem;
    align-items: start;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }
  .wide-narrow {
    grid-template-columns: minmax(0, 1.9fr) minmax(0, 1fr);
  }
  .form-diff {
    grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
  }
  .stack > * + * {
    margin-top: 1rem;
  }

  .st {
    width: 14px;
    height: 14px;
    flex: none;
    vertical-align: -2px;
  }
  .ok {
    color: var(--ok);
  }
  .wait {
    color: var(--wait);
  }
  .bad {
    color: var(--bad);
  }
  .old {
    color: var(--old);
  }
  .off {
    color: var(--off);
  }
  .tag {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    padding: 1px 8px 1px 6px;
    border-radius: 99px;
    font-size: 0.75rem;
    font-weight: 500;
    white-space: nowrap;
    background: var(--off-soft);
    color: var(--ink-2);
  }
  .tag.ok {
    background: var(--ok-soft);
    color: var(--ok);
  }
  .tag.wait {
    background: var(--wait-soft);
    color: var(--wait);
  }
  .tag.bad {
    background: var(--bad-soft);
    color: var(--bad);
  }
  .tag.old {
    background: var(--old-soft);
    color: var(--old);
  }
  .banner {
    display: flex;
    gap: 0.75rem;
    align-items: flex-start;
    border: 1px solid var(--wait);
    background: var(--wait-soft);
    border-radius: 8px;
    padding: 0.7rem 1rem;
  }
  .banner.old {
    border-color: var(--old);
    background: var(--old-soft);
    color: inherit;
  }
  .banner.bad {
    border-color: var(--bad);
    background: var(--bad-soft);
    color: inherit;
  }
  .banner div {
    flex: 1;
    min-width: 0;
  }

  .converge {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.75rem 1.25rem;
    align-items: center;
    padding: 0.8rem 1rem;
  }
  .big {
    font-size: 1.7rem;
    line-height: 1.1;
    font-weight: 600;
  }
  .acks {
    width: 22rem;
    max-width: 100%;
  }
  .acks text {
    font-family: var(--sans);
    font-size: 11px;
    fill: var(--ink-2);
  }
  .acks .axis {
    fill: none;
    stroke: var(--edge);
  }
  .acks .later {
    stroke-dasharray: 3 4;
  }
  .acks .ack {
    fill: var(--ok);
    stroke: var(--paper);
    stroke-width: 1.5;
  }
  .converge p {
    font-size: 1rem;
    line-height: 1.35;
  }
  .converge small {
    display: block;
    color: var(--ink-3);
  }
  .figs {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
    border-top: 1px solid var(--line);
  }
  .figs > div {
    padding: 0.5rem 1rem 0.7rem;
  }
  .figs dt,
  .facts dt {
    color: var(--ink-3);
    font-size: 0.75rem;
  }
  .figs dd {
    font-size: 1rem;
    font-weight: 600;
  }
  .figs dd small {
    font-weight: 400;
    color: var(--ink-3);
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
    gap: 0.75rem 1.25rem;
    padding: 0.75rem 1rem;
  }
`;
