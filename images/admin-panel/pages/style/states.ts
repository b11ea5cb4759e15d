import { css } from './base.ts';

/** What comes and goes: banners, work under way, fresh values. */
export const STATES = css`
  #banners > * + * {
    margin-top: 0.5rem;
  }
  .blank {
    text-align: center;
    padding: 1.25rem 1rem;
  }
  .blank h3 {
    margin: 0;
  }
  .blank p {
    color: var(--ink-2);
    max-width: 56ch;
    margin: 4px auto 0.75rem;
  }
  .blank .btns {
    justify-content: center;
  }
  .names {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 0.75rem;
  }
  .tri {
    display: grid;
    grid-template-columns: 1fr auto 1fr auto 1fr;
    gap: 0.75rem;
    padding: 1rem;
    align-items: center;
  }
  .tri > div {
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 0.7rem 1rem;
    min-width: 0;
  }
  .entries > li {
    display: grid;
    grid-template-columns: 4.5rem 1.25rem minmax(0, 1fr) 14rem;
    gap: 4px 0.75rem;
    padding: 0.7rem 1rem;
    border-top: 1px solid var(--line);
  }
  .entries > li.day {
    display: block;
    background: var(--sunk);
    padding: 4px 1rem;
    font-size: 0.75rem;
    font-weight: 600;
    color: var(--ink-2);
  }
  .when-sign {
    position: relative;
    padding-top: 2px;
    text-align: center;
  }
  .when-sign::before {
    content: '';
    position: absolute;
    inset: -0.7rem 50%;
    border-left: 2px solid var(--line);
    margin-left: -1px;
  }
  .when-sign svg {
    position: relative;
    background: var(--paper);
    box-shadow: 0 0 0 3px var(--paper);
  }
  .seq {
    text-align: right;
    font-weight: 600;
  }
  .seq small {
    display: block;
    font-weight: 400;
    color: var(--ink-3);
  }
  /* Still to be read: what is fainter would not be. */
  .busy {
    cursor: progress;
    outline: 2px dashed var(--edge);
    outline-offset: 4px;
  }
  .fresh {
    animation: fresh 2.5s ease-out;
  }
  @keyframes fresh {
    from {
      background: var(--link-soft);
    }
  }
`;
