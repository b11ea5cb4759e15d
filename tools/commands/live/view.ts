import type { FollowerEvent } from '../../follow/events.ts';
import { sentenceOf } from '../../follow/events.ts';
import type { Context } from '../command.ts';

/** What is known of one component. */
interface Seen {
  sequence: number;
  state: string;
}

/** Shows how far each component is: drawn anew on a terminal, as lines elsewhere. */
export class View {
  readonly #components = new Map<string, Seen>();
  #wanted = 0;
  #since: number | undefined;
  #drawn = 0;

  constructor(
    readonly context: Pick<Context, 'out' | 'terminal'>,
    readonly environment: string,
  ) {}

  /** Says something that stays on the screen. */
  say(text: string): void {
    this.#erase();
    this.context.out(`${text}\n`);
    this.#draw();
  }

  /** The components there are now. */
  expect(components: readonly string[]): void {
    for (const name of this.#components.keys()) if (!components.includes(name)) this.#components.delete(name);
    for (const name of components) {
      if (!this.#components.has(name)) this.#components.set(name, { sequence: 0, state: 'starting' });
    }
    this.#redraw();
  }

  /** An entry was published, for a change first seen at an instant. */
  want(sequence: number, since: number | undefined): void {
    this.#wanted = sequence;
    this.#since = since;
    this.#settle();
    this.#redraw();
  }

  /** What a component's follower tells. */
  tell(component: string, event: FollowerEvent): void {
    const seen = this.#components.get(component);
    if (!seen) return;
    if (event.type === 'enforcing') Object.assign(seen, { sequence: event.sequence, state: 'enforcing' });
    else if (event.type === 'refused' || event.type === 'denying') {
      seen.state = event.type;
      this.say(`${component}: ${sentenceOf(event)}`);
    } else if (event.type === 'trouble') this.say(`${component}: ${sentenceOf(event)}`);
    this.#settle();
    this.#redraw();
  }

  /** Resolves when every component enforces what was published last, or the user interrupts. */
  async settled(signal: AbortSignal): Promise<void> {
    while (this.#since !== undefined && !signal.aborted)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Says so, once, when every component enforces what was published last. */
  #settle(): void {
    const all = [...this.#components.values()];
    if (this.#since === undefined || all.length === 0 || this.#wanted === 0) return;
    if (all.some(({ sequence, state }) => sequence !== this.#wanted || state !== 'enforcing')) return;
    const took = Date.now() - this.#since;
    this.#since = undefined;
    this.say(
      `${this.environment}: sequence ${this.#wanted} is in force on all ${all.length} components, ${took} ms after the files were saved`,
    );
  }

  #redraw(): void {
    this.#erase();
    this.#draw();
  }

  #draw(): void {
    if (!this.context.terminal) return;
    const lines = [...this.#components].map(([name, { sequence, state }]) => {
      const mark =
        state === 'enforcing' && sequence === this.#wanted ? '\u001b[32m●\u001b[0m' : '\u001b[33m○\u001b[0m';
      return `  ${mark} ${name.padEnd(32)} ${sequence === 0 ? '-' : `sequence ${sequence}`}  ${state}`;
    });
    this.#drawn = lines.length;
    this.context.out(lines.map((line) => `${line}\n`).join(''));
  }

  #erase(): void {
    if (this.#drawn > 0) this.context.out(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }
}
