import { css } from './base.ts';

/** Drawn pictures: the environment as it runs, and the graph. */
export const PICTURE = css`
  .drawn {
    padding: 0.6rem 1rem;
  }
  .drawn svg {
    width: 100%;
    height: auto;
    display: block;
  }
  .drawn text {
    font-family: var(--sans);
    font-size: 12px;
    fill: var(--ink);
  }
  .drawn .t2 {
    fill: var(--ink-3);
    font-size: 11px;
  }
  .drawn .head-text {
    fill: var(--ink-3);
    font-size: 11px;
    font-weight: 600;
  }
  .drawn .strong {
    font-weight: 600;
  }
  .drawn .id {
    font-family: var(--mono);
    font-size: 11.5px;
  }
  .drawn .box {
    fill: var(--paper);
    stroke: var(--edge);
    stroke-opacity: 0.6;
  }
  .drawn .box.focus {
    stroke: var(--ink);
    stroke-opacity: 1;
    stroke-width: 2;
  }
  .drawn .box.bad {
    stroke: var(--bad);
    stroke-opacity: 1;
    stroke-width: 1.5;
  }
  .drawn .box.wait {
    stroke: var(--wait);
    stroke-opacity: 1;
    stroke-width: 1.5;
    stroke-dasharray: 5 3;
  }
  .drawn .box.old,
  .drawn .box.off {
    stroke-dasharray: 2 3;
    stroke-opacity: 1;
  }
  .drawn .soft {
    fill: var(--sunk);
  }
  .drawn a:hover .box,
  .drawn a:focus-visible .box {
    stroke: var(--link);
    stroke-opacity: 1;
    stroke-width: 2.5;
  }
  .drawn a {
    text-decoration: none;
  }
  .drawn .line {
    fill: none;
  }
  .cutout {
    fill: none;
    stroke: var(--paper);
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .pipe {
    stroke: var(--flow);
    stroke-opacity: 0.45;
    stroke-linecap: round;
  }
  .run {
    stroke: var(--flow);
    stroke-width: 1.4;
    stroke-dasharray: 2 10;
    stroke-linecap: round;
    animation: run 1.6s linear infinite;
  }
  .idle {
    stroke: var(--edge);
    stroke-opacity: 0.55;
    stroke-dasharray: 2 4;
  }
  .pipe.bad,
  .idle.bad {
    stroke: var(--bad);
    stroke-dasharray: 6 5;
    stroke-opacity: 0.8;
  }
  .pipe.wait,
  .idle.wait {
    stroke: var(--wait);
    stroke-dasharray: 7 5;
    stroke-opacity: 0.8;
  }
  .edge-allows {
    stroke: var(--ok);
    stroke-width: 1.6;
    stroke-opacity: 0.75;
  }
  .edge-member {
    stroke: var(--edge);
    stroke-width: 1.3;
  }
  .edge-denies {
    stroke: var(--bad);
    stroke-width: 1.6;
    stroke-dasharray: 5 4;
  }
  @keyframes run {
    to {
      stroke-dashoffset: -12;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .run {
      animation: none;
    }
  }
  .sample {
    width: 26px;
    height: 10px;
  }
  .drawn .rate {
    font-size: 10.5px;
    fill: var(--ink-2);
    paint-order: stroke;
    stroke: var(--paper);
    stroke-width: 3px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 1rem;
    font-size: 0.75rem;
    color: var(--ink-2);
  }
  .legend span {
    display: inline-flex;
    gap: 5px;
    align-items: center;
  }

  .rows > li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 2px 0.75rem;
    padding: 0.7rem 1rem;
    border-top: 1px solid var(--line);
  }
`;
