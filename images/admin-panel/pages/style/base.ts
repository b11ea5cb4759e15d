/** A style sheet, formatted as one. */
export const css = String.raw;

/** Tokens, light and dark, and what every element starts from. */
export const BASE = css`
  :root {
    color-scheme: light dark;
    --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
    --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace;
    --ground: #f5f6f8;
    --paper: #fff;
    --sunk: #eff1f4;
    --line: #dce0e6;
    --edge: #838d99;
    --ink: #151a21;
    --ink-2: #414b57;
    --ink-3: #5a6470;
    --link: #1d55b4;
    --link-soft: #e7eefb;
    --ok: #006d57;
    --ok-soft: #e0f2ec;
    --wait: #875000;
    --wait-soft: #fbeed8;
    --bad: #b0241d;
    --bad-soft: #fbe8e5;
    --old: #673bac;
    --old-soft: #f0e9fa;
    --off: #5a6470;
    --off-soft: #ebeef1;
    --flow: #5b90b3;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ground: #0e1115;
      --paper: #15191e;
      --sunk: #1c2128;
      --line: #2b323b;
      --edge: #78838f;
      --ink: #e7eaee;
      --ink-2: #b7bfc9;
      --ink-3: #9aa4b0;
      --link: #88b3ff;
      --link-soft: #192843;
      --ok: #50c8a3;
      --ok-soft: #112d26;
      --wait: #e7b14e;
      --wait-soft: #342810;
      --bad: #ff9183;
      --bad-soft: #3b1c19;
      --old: #c2a3ff;
      --old-soft: #2b2241;
      --off: #9aa4b0;
      --off-soft: #21272e;
      --flow: #4f81a1;
    }
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  html {
    text-size-adjust: 100%;
  }
  body {
    margin: 0;
    background: var(--ground);
    color: var(--ink);
    font: 0.875rem/1.45 var(--sans);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  pre,
  figure,
  fieldset {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: 1.3rem;
    line-height: 1.25;
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  h2 {
    font-size: 0.9rem;
  }
  h3 {
    font-size: 0.8rem;
    color: var(--ink-2);
    margin: 0.75rem 0 0.25rem;
  }
  a {
    color: var(--link);
    text-underline-offset: 2px;
    text-decoration-color: color-mix(in srgb, currentColor 40%, transparent);
  }
  a.n {
    color: inherit;
    text-decoration: underline dotted var(--edge);
    text-underline-offset: 3px;
  }
  :focus-visible {
    outline: 2px solid var(--link);
    outline-offset: 2px;
    border-radius: 3px;
  }
  code,
  pre,
  .mono {
    font-family: var(--mono);
    font-size: 0.92em;
  }
  code {
    background: var(--sunk);
    border-radius: 3px;
    padding: 0.05em 0.3em;
  }
  small,
  .small {
    font-size: 0.75rem;
  }
  .muted {
    color: var(--ink-3);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
