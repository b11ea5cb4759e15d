import { css } from './base.ts';

/** Forms and buttons. */
export const FORMS = css`
  label,
  legend {
    font-size: 0.78rem;
    color: var(--ink-2);
    font-weight: 500;
    padding: 0;
  }
  fieldset {
    border: 0;
    min-width: 0;
  }
  .fields {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 0.75rem;
    padding: 1rem;
  }
  .fields .full {
    grid-column: 1 / -1;
  }
  .fields label,
  .fields legend {
    display: block;
    margin-bottom: 3px;
  }
  .fields input:not([type='checkbox']),
  .fields select {
    width: 100%;
  }
  .checks {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 1rem;
  }
  .checks label {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-height: 24px;
    margin: 0;
    color: var(--ink);
    font-weight: 400;
  }
  .checks input {
    min-height: 0;
  }
  #completions {
    list-style: none;
    margin: 4px 0 0;
    padding: 4px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--paper);
    font-size: 0.8rem;
    color: var(--ink-2);
  }
  #completions li {
    padding: 3px 6px;
    border-radius: 4px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  #completions li[aria-selected='true'],
  #completions li:hover {
    background: var(--link-soft);
    color: var(--link);
  }
  .help {
    font-size: 0.75rem;
    color: var(--ink-3);
    margin-top: 3px;
  }
  .whatif {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 0.75rem;
    align-items: end;
    padding: 0.75rem 1rem;
    border-bottom: 1px solid var(--line);
    background: var(--sunk);
  }
  .whatif label {
    display: block;
    margin-bottom: 2px;
  }
  .btn {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-height: 32px;
    padding: 4px 12px;
    border-radius: 6px;
    border: 1px solid var(--edge);
    background: var(--paper);
    color: var(--ink);
    font: 500 0.875rem/1.3 var(--sans);
    cursor: pointer;
    text-decoration: none;
  }
  .btn:hover {
    background: var(--sunk);
  }
  .btn.main {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  .btn[disabled] {
    background: var(--sunk);
    color: var(--ink-3);
    border-style: dashed;
    cursor: not-allowed;
  }
  .btns {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  #banners:empty {
    display: none;
  }
`;
