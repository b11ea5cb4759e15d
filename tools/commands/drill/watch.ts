import { join } from 'node:path';
import { canonicalJson } from '../../contract/log/canonical.ts';
import { type Enforcement, type Part, validateEnforcement } from '../../contract/shapes.ts';
import { jsonIn } from '../../contract/text.ts';
import { denyAll, flatten } from '../../enforce/flatten.ts';
import { readText } from '../../files/durable-file.ts';

/** How access is on a component: as it is wanted; as it was wanted before; or nobody gets through. */
export type AccessState = 'right' | 'late' | 'denied';

/** How long access was how, in milliseconds; where components differ, the worst of them counts. */
export type AccessTally = Record<AccessState, number>;

/** From best to worst. */
const RANK: readonly AccessState[] = ['right', 'late', 'denied'];

/** Milliseconds between two looks. */
const INTERVAL = 25;

/** Looks at the enforcement files all the time, as components do, and adds up for how long they said what is wanted. */
export class AccessWatch {
  readonly #tally: AccessTally = { right: 0, late: 0, denied: 0 };
  #counts = false;
  #wanted: ReadonlyMap<string, Part>;
  #now: AccessState = 'denied';
  #at = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** What each component's file said when it was last worked out: most looks find the same file. */
  readonly #found = new Map<string, Found>();

  /** Below it, each component has a folder with its enforcement file. */
  readonly folder: string;

  constructor(folder: string, wanted: ReadonlyMap<string, Part>) {
    this.folder = folder;
    this.#wanted = wanted;
  }

  /** Begins to count. */
  start(): void {
    [this.#counts, this.#at] = [true, performance.now()];
    this.#timer = setInterval(
      () => (this.#looking = this.#looking.then(() => this.look()).then(() => {})),
      INTERVAL,
    );
  }

  /** Ends it. @returns how long access was how since it began */
  async stop(): Promise<AccessTally> {
    clearInterval(this.#timer);
    await this.#looking;
    return this.#tally;
  }

  /** From now on, this is wanted. */
  want(parts: ReadonlyMap<string, Part>): void {
    this.#wanted = parts;
  }

  /** How access is now; the time since the last look counts as it was then. */
  async look(): Promise<AccessState> {
    const states = await Promise.all(
      [...this.#wanted].map(([component, part]) => this.#stateOf(component, part)),
    );
    const at = performance.now();
    if (this.#counts) this.#tally[this.#now] += at - this.#at;
    [this.#now, this.#at] = [RANK[Math.max(...states.map((one) => RANK.indexOf(one)))]!, at];
    return this.#now;
  }

  async #stateOf(component: string, part: Part): Promise<AccessState> {
    const text = await readText(join(this.folder, component, 'enforcement.json'));
    const before = this.#found.get(component);
    const same = before?.part === part && before.text === text;
    const found = same ? before : { part, text, ...workedOut(component, part, text) };
    this.#found.set(component, found);
    return found.until <= Date.now() ? 'denied' : found.state;
  }
}

/** What a file says until its lease ends. */
interface Found {
  part: Part;
  text: string | undefined;
  state: AccessState;
  /** In milliseconds since 1970. */
  until: number;
}

function workedOut(component: string, part: Part, text: string | undefined): Pick<Found, 'state' | 'until'> {
  const file = text === undefined ? undefined : jsonIn(text);
  if (!validateEnforcement(file)) return { state: 'denied', until: -Infinity };
  const until = Date.parse(file.notAfter);
  if (text === expected(file, component, part, flatten)) return { state: 'right', until };
  return { state: text === expected(file, component, part, denyAll) ? 'denied' : 'late', until };
}

/** The file that a part comes to, by one of the two ways, in the lease of one that is there. */
function expected(
  { epoch, sequence, notBefore, notAfter }: Enforcement,
  component: string,
  part: Part,
  way: typeof flatten,
): string {
  return canonicalJson(
    way(part, component, { epoch, sequence }, Date.parse(notBefore), Date.parse(notAfter)),
  );
}
