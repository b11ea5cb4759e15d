import {
  type ComponentState,
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

/**
 * Asks a component for its figures; `gone` where its program does not run, undefined where it is not on this machine or
 * takes too long.
 */
export type FiguresOf = (component: string) => Promise<Figures | 'gone' | undefined>;

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
    } catch (error) {
      // Nothing listens: its program has ended. One that is slow is told by its acks.
      return codeOf(error) === 'ECONNREFUSED' ? 'gone' : undefined;
    }
  };
}

function codeOf(error: unknown): string | undefined {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
}

/** What components on this machine say at a moment. */
export interface LocalAnswers {
  /** The state, in which those whose programs do not run are gone: their followers notice at the next renewal. */
  convergence: Convergence;
  /** The same, with the figures of the moment in place of those in acks. */
  reported: Convergence;
}

/** Asks components on this machine; what their acks say stays where they do not answer. */
export async function asked(state: Convergence, figuresOf: FiguresOf, now: number): Promise<LocalAnswers> {
  const at = new Date(now).toISOString();
  const answers = await Promise.all(
    // On one machine a component has one instance.
    state.components.map(({ component, instances }) =>
      instances.length === 1 ? figuresOf(component) : undefined,
    ),
  );
  const withAnswer = (change: (one: ComponentState, answer: Figures | 'gone') => ComponentState) =>
    state.components.map((one, index) => (answers[index] ? change(one, answers[index]) : one));
  const components = withAnswer((one, answer) => (answer === 'gone' ? goneOf(one) : one));
  const figures = withAnswer((one, answer) =>
    answer === 'gone'
      ? { ...one, instances: [] }
      : { ...one, instances: one.instances.map((all) => ({ ...all, figures: answer, at })) },
  );
  const converged = state.converged && !answers.includes('gone');
  return {
    convergence: { ...state, components, converged },
    reported: { ...state, components: figures },
  };
}

function goneOf(one: ComponentState): ComponentState {
  // What is to be removed, or has said that it ends, is not missed.
  if (one.state === 'removed' || one.state === 'stopped') return one;
  const reason = 'its program does not run';
  const instances = one.instances.map((all) => ({ ...all, state: 'gone' as const, reason }));
  return { ...one, state: 'gone', instances };
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
