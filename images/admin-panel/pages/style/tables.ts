import { css } from './base.ts';

/** Tables, the matrix and YAML. */
export const TABLES = css`
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: left;
    font-size: 0.75rem;
    font-weight: 500;
    color: var(--ink-3);
    padding: 6px 0.75rem;
    white-space: nowrap;
  }
  td {
    padding: 7px 0.75rem;
    border-top: 1px solid var(--line);
    vertical-align: top;
  }
  th:first-child,
  td:first-child {
    padding-left: 1rem;
  }
  .num {
    text-align: right;
    white-space: nowrap;
  }
  .matrix table {
    font-size: 0.78rem;
  }
  .matrix thead th {
    height: 6.5rem;
    vertical-align: bottom;
    padding: 0 0 6px;
  }
  .matrix thead th:first-child {
    padding-left: 1rem;
  }
  .matrix thead th span {
    display: block;
    writing-mode: vertical-rl;
    transform: rotate(180deg);
    margin: 0 auto;
    font-family: var(--mono);
    font-size: 11px;
    color: var(--ink-2);
  }
  .matrix tbody th {
    font-weight: 400;
    color: var(--ink);
    padding: 0 0.5rem 0 1rem;
    border-top: 1px solid var(--line);
    position: sticky;
    left: 0;
    background: var(--paper);
    z-index: 1;
  }
  .matrix td {
    padding: 0;
    text-align: center;
    border: 1px solid var(--line);
    min-width: 34px;
  }
  .matrix td a {
    display: flex;
    gap: 2px;
    align-items: center;
    justify-content: center;
    min-height: 27px;
    color: var(--ink-2);
    font-size: 11px;
    text-decoration: none;
  }
  .matrix td a:hover {
    background: var(--link-soft);
  }
  .matrix .always {
    background: var(--ok-soft);
  }
  .matrix .denied {
    background: var(--bad-soft);
  }
  .matrix .on {
    outline: 2px solid var(--ink);
    outline-offset: -2px;
  }
  pre.yaml,
  .cmd {
    background: var(--sunk);
    border-radius: 4px;
    overflow-x: auto;
    font: 0.75rem/1.6 var(--mono);
    padding: 0.5rem 0.75rem;
  }
  pre.yaml > span {
    display: block;
    white-space: pre;
    min-width: max-content;
  }
  pre.yaml .hit {
    background: var(--link-soft);
    box-shadow: inset 3px 0 0 var(--link);
  }
  pre.yaml .add {
    background: var(--ok-soft);
  }
  pre.yaml .cut {
    background: var(--bad-soft);
  }
  .cmd {
    display: block;
    white-space: pre-wrap;
  }

  input,
  select,
  textarea {
    font: inherit;
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--edge);
    border-radius: 6px;
    padding: 4px 9px;
    min-height: 32px;
    max-width: 100%;
  }
  textarea {
    font: 0.78rem/1.5 var(--mono);
    width: 100%;
    min-height: 20rem;
  }
  ::placeholder {
    color: var(--ink-3);
    opacity: 1;
  }
`;
