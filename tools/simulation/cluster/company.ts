import { assemble, type Bundle } from '../../bundle/assemble.ts';
import type { Enforcement } from '../../contract/shapes.ts';
import { companyOf } from '../../publish/testing/publisher.ts';
import { repositoryOf } from '../../testing/repository.ts';

/** One state of the policies, told apart from all others in what each component must enforce. */
export interface Variant {
  /** People who reach the web application. */
  people: readonly string[];
  /** Where the application is. */
  backend: string;
  /** Whether there is a connector at all. */
  connector: boolean;
  /** Fingerprints of the certificates that are refused. */
  revoked: readonly string[];
}

/** What an environment wants: of two states, while not everybody has the newer one. */
export interface TargetContent {
  intermediate: Variant;
  connector: Variant;
  /** Whether it is for everybody, though the sides differ: one state without what was taken away of who gets through. */
  narrowed?: boolean;
}

/** The same state for everybody. */
export const whole = (state: Variant): TargetContent => ({ intermediate: state, connector: state });

/** A certificate that some states refuse. */
const STOLEN = 'f'.repeat(64);

const variant = (people: string, backend = 'web', connector = true): Variant => ({
  people: people.split(' ').map((name) => `${name}@example.com`),
  backend: `${backend}.internal`,
  connector,
  revoked: [],
});

/** A state in which a certificate is refused beside. */
const revoking = (state: Variant): Variant => ({ ...state, revoked: [STOLEN] });

/** People and backends that components refuse. */
const REFUSED = /^(bad-|worse-)/;

const PLAIN: readonly Variant[] = [
  variant('alice'),
  variant('alice bob'),
  variant('bob', 'intranet'),
  variant('alice bob carol', 'intranet'),
  variant('alice bad-bob'),
  variant('carol', 'bad-host'),
  variant('alice carol', 'web', false),
  variant('bad-bob'),
];
const REVOKING = PLAIN.map(revoking);

/** The states that policies may be in; the components refuse what begins with `bad-`. */
export const VARIANTS: readonly Variant[] = [...PLAIN.slice(0, 7), REVOKING[1]!, REVOKING[4]!, PLAIN[7]!];

/** Those, and what may be wanted on the way from one to another. */
export const STATES: readonly Variant[] = [...PLAIN, ...REVOKING];

const bundles = new Map<Variant, Bundle>();

/** The bundle of a state, made once. */
export function bundleFor(state: Variant): Bundle {
  const known = bundles.get(state);
  if (known) return known;
  const world = companyOf(state.people);
  const [environment] = world.environments!;
  if (state.connector) environment!.connectors![0]!.services = [{ service: 'web', backend: state.backend }];
  else environment!.connectors = [];
  const certificates = state.revoked.map((fingerprint) => ({
    fingerprint,
    reason: 'stolen',
    date: '2026-06-01',
  }));
  if (certificates.length > 0) world.revoked = { certificates };
  const bundle = assemble(repositoryOf(world), 'lab');
  bundles.set(state, bundle);
  return bundle;
}

/** What a component's enforcement file must say in a state, as one text; undefined where there must be none. */
export function expected({ intermediate, connector }: TargetContent, component: string): string | undefined {
  if (!component.startsWith('intermediate/')) return connector.connector ? connector.backend : undefined;
  return textOf(reached(intermediate), intermediate.revoked);
}

/** Who gets through. A service that no connector registers does not exist in the environment. */
function reached({ connector, people }: Variant): readonly string[] {
  return connector ? people : [];
}

const textOf = (people: readonly string[], revoked: readonly string[]): string =>
  [...[...people].sort(), ...revoked].join(' ');

/** The same of an enforcement file. */
export function said({ intermediate, connector }: Enforcement): string {
  if (connector) return connector.services.map(({ backend }) => backend).join(' ');
  const classes = intermediate!.classes.filter(({ grants }) => grants.length > 0);
  return textOf(
    classes.flatMap(({ principals }) => principals),
    intermediate!.revoked,
  );
}

/** Why a component refuses what a file says, if it does. */
export function refusalOf(text: string): string | undefined {
  return text.split(' ').some((word) => REFUSED.test(word)) ? `I do not like ${text}` : undefined;
}

/** What a change from `kept` to `undone` gave: people who gained, and where the application then led. */
export function gains(kept: TargetContent, undone: TargetContent): string[] {
  const before = given(kept);
  return given(undone).filter((one) => !before.includes(one));
}

function given({ intermediate, connector }: TargetContent): string[] {
  return [...reached(intermediate), ...(connector.connector ? [connector.backend] : [])];
}

/** What is left of one state without what another takes away of who gets through. */
export function without(before: Variant, wanted: Variant): Variant {
  const people = reached(before).filter((one) => reached(wanted).includes(one));
  return { ...before, people };
}

/** Those of some gains that a state gives. */
export function givenBack(state: TargetContent, gained: readonly string[]): string[] {
  const now = given(state);
  return gained.filter((one) => now.includes(one));
}
