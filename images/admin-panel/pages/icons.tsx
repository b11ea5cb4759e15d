/** Of what kind a state is: its colour. Its shape and its word say the same. */
export type Tone = 'ok' | 'wait' | 'bad' | 'old' | 'off';

/** Every state that has a sign of its own. */
export const TONES = {
  enforcing: 'ok',
  behind: 'wait',
  waiting: 'wait',
  ahead: 'bad',
  refused: 'bad',
  denying: 'bad',
  stale: 'old',
  stopped: 'off',
  gone: 'bad',
  silent: 'off',
  removed: 'off',
  hold: 'wait',
  error: 'bad',
  warning: 'wait',
  always: 'ok',
  conditions: 'ok',
  denied: 'bad',
} as const satisfies Record<string, Tone>;

export type Sign = keyof typeof TONES;

/** The outline of each sign, in a square of 16: drawn once a page, used by name. */
const SHAPES: Record<string, unknown> = {
  tick: [
    <circle cx="8" cy="8" r="7" fill="currentColor" />,
    <path d="M4.6 8.2l2.3 2.3 4.5-4.9" class="cutout" />,
  ],
  half: [
    <path d="M8 1.5L15 14H1z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />,
    <path d="M8 1.5V14H1z" fill="currentColor" />,
  ],
  cross: [
    <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />,
    <path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" class="cutout" />,
  ],
  bar: [
    <rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="currentColor" />,
    <path d="M4.5 8h7" class="cutout" />,
  ],
  clock: [
    <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.6" />,
    <path d="M8 4.3V8l2.6 1.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />,
  ],
  ring: [
    <circle
      cx="8"
      cy="8"
      r="6.2"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-dasharray="2.6 2.3"
    />,
  ],
  struck: [
    <rect x="2" y="2" width="12" height="12" rx="2" fill="none" stroke="currentColor" stroke-width="1.5" />,
    <path d="M3 13L13 3" stroke="currentColor" stroke-width="1.5" />,
  ],
  diamond: [
    <path
      d="M8 1l7 7-7 7-7-7z"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linejoin="round"
    />,
    <path d="M6.3 5.6v4.8m3.4-4.8v4.8" stroke="currentColor" stroke-width="1.6" />,
  ],
  full: [<circle cx="8" cy="8" r="6" fill="currentColor" />],
  part: [
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6" />,
    <path d="M8 2a6 6 0 0 0 0 12z" fill="currentColor" />,
  ],
  barred: [
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8" />,
    <path d="M4 12L12 4" stroke="currentColor" stroke-width="1.8" />,
  ],
};

const SHAPE_OF: Record<Sign, keyof typeof SHAPES> = {
  enforcing: 'tick',
  behind: 'half',
  waiting: 'half',
  ahead: 'cross',
  refused: 'cross',
  denying: 'bar',
  stale: 'clock',
  stopped: 'struck',
  gone: 'ring',
  silent: 'ring',
  removed: 'struck',
  hold: 'diamond',
  error: 'cross',
  warning: 'half',
  always: 'full',
  conditions: 'part',
  denied: 'barred',
};

/** The signs that a page uses by name. */
export const Sprite = () => (
  <svg width="0" height="0" aria-hidden="true" focusable="false" class="hidden">
    {Object.entries(SHAPES).map(([id, shape]) => (
      <symbol id={`i-${id}`} viewBox="0 0 16 16">
        {shape as never}
      </symbol>
    ))}
  </svg>
);

/** A sign; the word beside it says the same, so that it says nothing to a screen reader. */
export const Icon = ({ sign, at }: { sign: Sign; at?: { x: number; y: number } }) => (
  <svg class={`st ${TONES[sign]}`} aria-hidden="true" {...(at && { ...at, width: 14, height: 14 })}>
    <use href={`#i-${SHAPE_OF[sign]}`} />
  </svg>
);

/** A state as a sign and its word. */
export const State = ({ sign, children }: { sign: Sign; children?: unknown }) => (
  <span class={`tag ${TONES[sign]}`}>
    <Icon sign={sign} />
    {(children as never) ?? sign}
  </span>
);
