import type { Overview } from '../../../tools/contract/shapes.ts';
import { Icon } from './icons.tsx';
import { secondsText } from './parts.tsx';

const WIDTH = 400;
/** Where the line begins, where it ends for those that enforce the entry, and where others stand. */
const [FROM, TO, LATE] = [14, 300, 344];

/** When each instance enforced the newest entry after its issue, as dots on a line; those that do not yet stand apart. */
export const Acks = ({ convergence: { newest, components } }: Overview) => {
  const instances = components.flatMap(({ state, instances }) => (state === 'removed' ? [] : instances));
  if (!newest || instances.length === 0) return null;
  const issued = Date.parse(newest.issuedAt);
  const done = instances
    .filter(({ sequence, enforcedSince }) => sequence === newest.sequence && enforcedSince !== undefined)
    .map(({ enforcedSince }) => Math.max(0, Date.parse(enforcedSince!) - issued))
    .sort((a, b) => a - b);
  const left = instances.filter(({ sequence }) => sequence !== newest.sequence);
  const last = done.at(-1);
  const at = (ms: number): string =>
    (FROM + 40 + ((TO - FROM - 60) * ms) / Math.max(1, last ?? 1)).toFixed(1);
  const said = `${done.length} of ${instances.length}${last === undefined ? '' : `, ${secondsText(last)}`}`;
  return (
    <svg
      class="acks"
      viewBox={`0 0 ${WIDTH} 44`}
      role="img"
      aria-label={`Instances that enforce entry ${newest.sequence}: ${said} after its issue`}
    >
      <path class="axis" d={`M${FROM} 22H${TO}M${FROM} 18v8`} />
      <path class="axis later" d={`M${TO} 22H${LATE}`} />
      <text x="2" y="40">
        issued
      </text>
      {done.map((ms) => (
        <circle class="ack" cx={at(ms)} cy="22" r="5" />
      ))}
      {last !== undefined && (
        <text x={at(last)} y="10" text-anchor="middle">
          {said}
        </text>
      )}
      {left.length > 0 && <Icon sign={left[0]!.state} at={{ x: LATE + 4, y: 15 }} />}
      {left.length > 0 && (
        <text x={WIDTH - 4} y="40" text-anchor="end">
          {left.length} not yet
        </text>
      )}
    </svg>
  );
};
