import type { ComponentState, InstanceTraffic, Overview } from '../../../tools/contract/shapes.ts';
import { Icon, TONES, type Sign } from './icons.tsx';
import { pathIn } from './links.ts';
import { rateText } from './parts.tsx';

/** What a component carries, all its instances together; nothing where none reports. */
export function carriedBy(traffic: readonly InstanceTraffic[], component: string) {
  const own = traffic.filter((one) => one.component === component);
  const sum = (
    key: 'connections' | 'flows' | 'bytesPerSecond' | 'datagramsPerSecond',
  ): number | undefined => {
    const known = own.map((one) => one[key]).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((all, value) => all + value, 0);
  };
  return {
    connections: sum('connections'),
    flows: sum('flows'),
    bytes: sum('bytesPerSecond'),
    datagrams: sum('datagramsPerSecond'),
  };
}

const WIDTH = 1160;
const COLUMNS = { agents: 0, intermediates: 250, middle: 540, connectors: 640, services: 930 };
const BOX = { width: 190, height: 58, gap: 22 };
const ROW = 20;
const TOP = 34;
/** Services that the picture has room for; of more, each connector shows its first ones, and how many it has beside. */
const SERVICES = 60;
const FEWEST = 3;

/** The environment as it runs: agents, intermediates, connectors and services, with what flows between them. */
export const Picture = ({ overview }: { overview: Overview }) => {
  const { convergence, serves, traffic, environment } = overview;
  const of = (kind: string) =>
    convergence.components.filter(({ component }) => component.startsWith(`${kind}/`));
  const [intermediates, connectors] = [of('intermediate'), of('connector')];
  const leads = new Map(serves.map(({ component, services }) => [component, services]));
  const all = serves.reduce((sum, { services }) => sum + services.length, 0);
  const most = all <= SERVICES ? all : Math.max(FEWEST, Math.floor(SERVICES / connectors.length));
  const rows = ({ component }: ComponentState): number => {
    const count = leads.get(component)?.length ?? 0;
    return count > most ? most + 1 : count;
  };
  const heights = connectors.map((one) => Math.max(BOX.height, rows(one) * ROW) + BOX.gap);
  const height = Math.max(
    TOP + heights.reduce((sum, one) => sum + one, 0),
    TOP + intermediates.length * (BOX.height + BOX.gap),
    TOP + BOX.height + BOX.gap,
  );
  const middle = (height + TOP - BOX.gap) / 2;
  const tops = heights.map((one, index) => {
    const above = heights.slice(0, index).reduce((sum, other) => sum + other, 0);
    return TOP + above + (one - BOX.gap) / 2;
  });
  const spread = intermediates.map(
    (_, index) => middle + (index - (intermediates.length - 1) / 2) * (BOX.height + BOX.gap),
  );
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${Math.ceil(height)}`}
      role="group"
      aria-label="The environment as it runs; the table of instances says the same"
    >
      {['Agents', 'Intermediates', 'Connectors', 'Services'].map((text, index) => (
        <text
          class="head-text"
          x={[COLUMNS.agents, COLUMNS.intermediates, COLUMNS.connectors, COLUMNS.services][index]!}
          y="14"
        >
          {text}
        </text>
      ))}
      {intermediates.map((one, index) => (
        <>
          <Flow
            component={one}
            traffic={traffic}
            from={[BOX.width, middle]}
            to={[COLUMNS.intermediates, spread[index]!]}
            rated
          />
          <Flow
            component={one}
            traffic={traffic}
            from={[COLUMNS.intermediates + BOX.width, spread[index]!]}
            to={[COLUMNS.middle, middle]}
          />
        </>
      ))}
      {connectors.map((one, index) => (
        <Flow
          component={one}
          traffic={traffic}
          from={[COLUMNS.middle, middle]}
          to={[COLUMNS.connectors, tops[index]!]}
          rated
        />
      ))}
      <circle cx={COLUMNS.middle} cy={middle} r="4" fill="currentColor" class="muted" />
      <Agents traffic={traffic} intermediates={intermediates} middle={middle} />
      {intermediates.map((one, index) => (
        <ComponentBox one={one} x={COLUMNS.intermediates} y={spread[index]!} overview={overview} />
      ))}
      {connectors.map((one, index) => (
        <>
          <ComponentBox one={one} x={COLUMNS.connectors} y={tops[index]!} overview={overview} />
          <Services
            services={leads.get(one.component) ?? []}
            most={most}
            middle={tops[index]!}
            environment={environment}
            component={one}
          />
        </>
      ))}
    </svg>
  );
};

type Point = readonly [x: number, y: number];

const curve = ([x, y]: Point, [toX, toY]: Point): string => {
  const half = (x + toX) / 2;
  return `M${x} ${y}C${half} ${y} ${half} ${toY} ${toX} ${toY}`;
};

/** A line whose width is the square root of what a component carries; dashes that move where anything moves. */
const Flow = ({
  component: { component, state },
  traffic,
  from,
  to,
  rated = false,
}: {
  component: ComponentState;
  traffic: readonly InstanceTraffic[];
  from: Point;
  to: Point;
  /** Whether it says how much it is. */
  rated?: boolean;
}) => {
  const { bytes } = carriedBy(traffic, component);
  const tone = TONES[state] === 'ok' ? '' : ` ${TONES[state]}`;
  const path = curve(from, to);
  if (!bytes) return <path class={`line idle${tone}`} d={path} />;
  const width = Math.min(14, Math.max(1.5, Math.sqrt(bytes / 1e5)));
  return (
    <>
      <path class={`line pipe${tone}`} d={path} stroke-width={width.toFixed(1)} />
      <path class="line run" d={path} />
      {rated && (
        <text class="rate" x={to[0] - 6} y={to[1] - 4 - width / 2} text-anchor="end">
          {rateText(bytes)}
        </text>
      )}
    </>
  );
};

const Agents = ({
  traffic,
  intermediates,
  middle,
}: {
  traffic: readonly InstanceTraffic[];
  intermediates: readonly ComponentState[];
  middle: number;
}) => {
  const carried = intermediates.map(({ component }) => carriedBy(traffic, component));
  const known = carried.filter(({ connections }) => connections !== undefined);
  const count = known.reduce((sum, { connections }) => sum + connections!, 0);
  const y = middle - BOX.height / 2;
  return (
    <g>
      <rect class="box" x={COLUMNS.agents + 1} y={y} width={BOX.width - 2} height={BOX.height} rx="8" />
      <text class="strong" x={COLUMNS.agents + 14} y={y + 24}>
        Agents
      </text>
      <text class="t2" x={COLUMNS.agents + 14} y={y + 43}>
        {known.length === 0 ? 'no figures are reported' : `${count} connected`}
      </text>
    </g>
  );
};

const ComponentBox = ({
  one,
  x,
  y,
  overview,
}: {
  one: ComponentState;
  x: number;
  y: number;
  overview: Overview;
}) => {
  const { component, state, instances } = one;
  const { flows, bytes } = carriedBy(overview.traffic, component);
  const top = y - BOX.height / 2;
  const sequence = instances.find((instance) => instance.sequence !== undefined)?.sequence;
  const tone = TONES[state] === 'ok' ? '' : TONES[state];
  const said = sequence === undefined ? state : `${state} ${sequence}`;
  return (
    <a href={pathIn(overview.environment, `components/${component}`)}>
      <rect class={`box ${tone}`} x={x} y={top} width={BOX.width} height={BOX.height} rx="8" />
      <Icon sign={state} at={{ x: x + 11, y: top + 9 }} />
      <text class="strong" x={x + 31} y={top + 20}>
        {shortened(component, 24)}
      </text>
      <text class="t2" x={x + 12} y={top + 36}>
        {said} · {instances.length} {instances.length === 1 ? 'instance' : 'instances'}
      </text>
      <text class="t2" x={x + 12} y={top + 50}>
        {flows === undefined ? 'no figures' : `${flows} flows · ${rateText(bytes)}`}
      </text>
    </a>
  );
};

const Services = ({
  services: all,
  most,
  middle,
  environment,
  component,
}: {
  services: Overview['serves'][number]['services'];
  /** So many are shown. */
  most: number;
  middle: number;
  environment: string;
  component: ComponentState;
}) => {
  const services = all.slice(0, most);
  const left = all.length - services.length;
  const first = middle - ((services.length - (left > 0 ? 0 : 1)) * ROW) / 2;
  const tone = TONES[component.state as Sign] === 'ok' ? '' : ` ${TONES[component.state as Sign]}`;
  return (
    <>
      {services.map(({ service, backend }, index) => {
        const y = first + index * ROW;
        return (
          <>
            <path
              class={`line idle${tone}`}
              d={curve([COLUMNS.connectors + BOX.width, middle], [COLUMNS.services, y])}
            />
            <a href={pathIn(environment, `services/${service}`)}>
              <rect
                class="box soft"
                x={COLUMNS.services}
                y={y - 8}
                width={WIDTH - COLUMNS.services}
                height="16"
                rx="4"
              />
              <text class="id" x={COLUMNS.services + 8} y={y + 4}>
                {shortened(service, 16)}
              </text>
              <text class="t2" x={WIDTH - 8} y={y + 4} text-anchor="end">
                {shortened(backend, 20)}
              </text>
            </a>
          </>
        );
      })}
      {left > 0 && (
        <a href={pathIn(environment, `components/${component.component}`)}>
          <text class="t2" x={COLUMNS.services + 8} y={first + services.length * ROW + 4}>
            and {left} more
          </text>
        </a>
      )}
    </>
  );
};

/** A text that fits beside others. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
