import { assemble, type Bundle } from '../bundle/assemble.ts';
import type { Enforcement } from '../contract/shapes.ts';
import { companyOf } from '../publish/testing/publisher.ts';
import { repositoryOf } from '../testing/repository.ts';

/** One state of the policies, told apart from all others in what each component must enforce. */
export interface Variant {
  /** People who reach the web application. */
  people: readonly string[];
  /** Where the application is. */
  backend: string;
  /** Whether there is a connector at all. */
  connector: boolean;
}

const variant = (people: string, backend = 'web', connector = true): Variant => ({
  people: people.split(' ').map((name) => `${name}@example.com`),
  backend: `${backend}.internal`,
  connector,
});

/** People and backends that components refuse. */
const REFUSED = /^(bad-|worse-)/;

/** The states that policies may be in; the components refuse what begins with `bad-`. */
export const VARIANTS: readonly Variant[] = [
  variant('alice'),
  variant('alice bob'),
  variant('bob', 'intranet'),
  variant('alice bob carol', 'intranet'),
  variant('alice bad-bob'),
  variant('carol', 'bad-host'),
  variant('alice carol', 'web', false),
];

const bundles = new Map<Variant, Bundle>();

/** The bundle of a state, made once. */
export function bundleFor(state: Variant): Bundle {
  const known = bundles.get(state);
  if (known) return known;
  const world = companyOf(state.people);
  const [environment] = world.environments!;
  if (state.connector) environment!.connectors![0]!.services = [{ service: 'web', backend: state.backend }];
  else environment!.connectors = [];
  const bundle = assemble(repositoryOf(world), 'dev');
  bundles.set(state, bundle);
  return bundle;
}

/** What a component's enforcement file must say in a state, as one text; undefined where there must be none. */
export function expected(state: Variant, component: string): string | undefined {
  // A service that no connector registers does not exist in the environment.
  if (component.startsWith('intermediate/')) return state.connector ? [...state.people].sort().join(' ') : '';
  return state.connector ? state.backend : undefined;
}

/** The same of an enforcement file. */
export function said({ intermediate, connector }: Enforcement): string {
  if (connector) return connector.services.map(({ backend }) => backend).join(' ');
  const classes = intermediate!.classes.filter(({ grants }) => grants.length > 0);
  return classes
    .flatMap(({ principals }) => principals)
    .sort()
    .join(' ');
}

/** Why a component refuses what a file says, if it does. */
export function refusalOf(text: string): string | undefined {
  return text.split(' ').some((word) => REFUSED.test(word)) ? `I do not like ${text}` : undefined;
}

/** What a change from `kept` to `undone` gave: people who gained, and where the application then led. */
export function gains(kept: Variant, undone: Variant): string[] {
  const before = given(kept);
  return given(undone).filter((one) => !before.includes(one));
}

function given({ people, connector, backend }: Variant): string[] {
  return connector ? [...people, backend] : [];
}

/** Those of some gains that a state gives. */
export function givenBack(state: Variant, gained: readonly string[]): string[] {
  const now = given(state);
  return gained.filter((one) => now.includes(one));
}
