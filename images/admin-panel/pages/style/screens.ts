import { css } from './base.ts';

/** Narrow screens, fingers, forced colours and paper. */
export const SCREENS = css`
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
    .entries .when-sign,
    .acks {
      display: none;
    }
    .converge {
      grid-template-columns: auto minmax(0, 1fr);
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
`;
