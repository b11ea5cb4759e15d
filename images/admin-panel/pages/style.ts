/** A style sheet, formatted as one. */
const css = String.raw;

/** How every page looks: from a few tokens, light and dark, wide, narrow and on paper. */
export const STYLE = css`
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
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.75rem 1.25rem;
    align-items: center;
    padding: 0.8rem 1rem;
  }
  .big {
    font-size: 1.7rem;
    line-height: 1.1;
    font-weight: 600;
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
    grid-template-columns: 4.5rem minmax(0, 1fr) 14rem;
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
  .seq {
    text-align: right;
    font-weight: 600;
  }
  .seq small {
    display: block;
    font-weight: 400;
    color: var(--ink-3);
  }
  .busy {
    opacity: 0.55;
  }
  .fresh {
    animation: fresh 2.5s ease-out;
  }
  @keyframes fresh {
    from {
      background: var(--link-soft);
    }
  }

  @media screen and (max-width: 900px) {
    .wrap {
      padding: 0 1rem;
    }
    .two,
    .wide-narrow,
    .form-diff,
    .fields,
    .tri {
      grid-template-columns: minmax(0, 1fr);
    }
    .find {
      order: 9;
      flex: 1 0 100%;
      max-width: none;
    }
    .who .name {
      display: none;
    }
    #picture {
      display: none;
    }
    input,
    select,
    textarea {
      font-size: 1rem;
      min-height: 40px;
    }
    .checks input {
      min-height: 0;
    }
    .btn {
      min-height: 40px;
    }
    .tabs a {
      padding: 9px 0.55rem 10px;
    }
    .rows > li {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .rows .act {
      grid-column: 2;
      padding: 4px 0;
    }
    .entries > li {
      grid-template-columns: minmax(0, 1fr);
    }
    .seq {
      text-align: left;
      display: flex;
      gap: 0.5rem;
      align-items: baseline;
    }
    .whatif > div {
      flex: 1 1 40%;
    }
    .whatif input,
    .whatif select {
      width: 100%;
    }
    .cards thead {
      display: none;
    }
    .cards tr {
      display: grid;
      grid-template-columns: repeat(3, 1fr);
      gap: 4px 0.5rem;
      padding: 0.7rem 1rem;
      border-top: 1px solid var(--line);
    }
    .cards td {
      border: 0;
      padding: 0;
      text-align: left;
      font-size: 0.8rem;
    }
    .cards td:first-child {
      grid-column: span 2;
      padding: 0;
    }
    .cards td[data-label]::before {
      content: attr(data-label);
      display: block;
      color: var(--ink-3);
      font-size: 0.7rem;
    }
  }
  @media (pointer: coarse) {
    .matrix td a {
      min-height: 36px;
      min-width: 38px;
    }
  }
  @media (forced-colors: active) {
    .tag,
    .btn {
      border: 1px solid;
    }
  }
  @media print {
    @page {
      margin: 15mm 14mm;
    }
    :root {
      color-scheme: light;
      --ground: #fff;
      --paper: #fff;
      --sunk: #fff;
      --line: #bbb;
      --edge: #666;
      --ink: #000;
      --ink-2: #222;
      --ink-3: #444;
      --link: #000;
      --ok: #005443;
      --bad: #8a1710;
      --wait: #6b4000;
      --old: #4a2a80;
    }
    body {
      font-size: 10pt;
    }
    .wrap {
      max-width: none;
      padding: 0;
    }
    .top,
    .skip,
    form,
    .btns,
    .act,
    .no-paper {
      display: none !important;
    }
    .paper-only {
      display: block;
      border-bottom: 1.5pt solid #000;
      padding-bottom: 4pt;
    }
    .card {
      break-inside: avoid-page;
    }
    .card.tall {
      break-inside: auto;
    }
    .rows > li,
    .entries > li,
    tr {
      break-inside: avoid;
    }
    .run {
      display: none;
    }
    .two,
    .wide-narrow,
    .form-diff {
      display: block;
    }
    .two > * + *,
    .wide-narrow > * + * {
      margin-top: 8pt;
    }
    .scroll {
      overflow: visible;
    }
    th,
    td {
      padding: 3pt 4pt;
      font-size: 8.5pt;
    }
  }
`
  // Written for people; sent without the indent.
  .replace(/\n\s+/g, '\n')
  .trim();
