import {
  type Convergence,
  type Figures,
  type InstanceState,
  type InstanceTraffic,
  validateFigures,
} from '../../../tools/contract/shapes.ts';

/**
 * What each instance carries, from the figures in its acks: totals become rates between two of its reports.
 * @param before how it was at the last look
 * @param rates what was worked out then: it stays so until an instance reports again
 */
export function trafficOf(
  state: Convergence,
  before: Convergence | undefined,
  rates: readonly InstanceTraffic[],
): InstanceTraffic[] {
  const instances = (of: Convergence | undefined): Map<string, InstanceState> =>
    new Map(
      of?.components.flatMap(({ component, instances }) =>
        instances.map((one) => [`${component}/${one.instance}`, one] as const),
      ),
    );
  const were = instances(before);
  return state.components.flatMap(({ component, instances }) =>
    instances.flatMap((now) => {
      if (!now.figures) return [];
      const { connections, flows } = now.figures;
      const was = were.get(`${component}/${now.instance}`);
      const last = rates.find((one) => one.component === component && one.instance === now.instance);
      return [
        {
          component,
          instance: now.instance,
          ...(connections !== undefined && { connections }),
          ...(flows !== undefined && { flows }),
          ...(was?.at === now.at ? ratesIn(last) : ratesBetween(was, now)),
        },
      ];
    }),
  );
}

/** Asks a component for its figures; undefined where it does not answer. */
export type FiguresOf = (component: string) => Promise<Figures | undefined>;

/** Milliseconds that a component on this machine may take to answer. */
const PATIENCE_MS = 500;

/** Asks components on this machine. @param urlOf any page of a component's server; undefined where it does not run */
export function figuresFrom(urlOf: (component: string) => string | undefined): FiguresOf {
  return async (component) => {
    const url = urlOf(component);
    if (url === undefined) return undefined;
    try {
      const answer = await fetch(new URL('/figures', url), { signal: AbortSignal.timeout(PATIENCE_MS) });
      const figures: unknown = await answer.json();
      return validateFigures(figures) ? figures : undefined;
    } catch {
      // What it said in its last ack stays; whether it is well is told by its acks.
      return undefined;
    }
  };
}

/** The state with what components say at this moment in place of what they said in their last acks. */
export async function withFigures(
  state: Convergence,
  figuresOf: FiguresOf,
  now: number,
): Promise<Convergence> {
  const at = new Date(now).toISOString();
  const components = state.components.map(async (one) => {
    // On one machine a component has one instance.
    const figures = one.instances.length === 1 ? await figuresOf(one.component) : undefined;
    return figures ? { ...one, instances: one.instances.map((all) => ({ ...all, figures, at })) } : one;
  });
  return { ...state, components: await Promise.all(components) };
}

type Rates = Pick<InstanceTraffic, 'bytesPerSecond' | 'datagramsPerSecond'>;

function ratesIn({ bytesPerSecond, datagramsPerSecond }: Partial<InstanceTraffic> = {}): Rates {
  return {
    ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    ...(datagramsPerSecond !== undefined && { datagramsPerSecond }),
  };
}

/** Totals that are lower than before are those of a component that was started anew: they say nothing. */
function ratesBetween(was: InstanceState | undefined, now: InstanceState): Rates {
  const seconds = was ? (Date.parse(now.at) - Date.parse(was.at)) / 1000 : 0;
  if (seconds <= 0) return {};
  const rate = (before: number | undefined, after: number | undefined): number | undefined =>
    before === undefined || after === undefined || after < before ? undefined : (after - before) / seconds;
  const bytes = rate(was?.figures?.bytes, now.figures?.bytes);
  const datagrams = rate(was?.figures?.datagrams, now.figures?.datagrams);
  return {
    ...(bytes !== undefined && { bytesPerSecond: bytes }),
    ...(datagrams !== undefined && { datagramsPerSecond: datagrams }),
  };
}
