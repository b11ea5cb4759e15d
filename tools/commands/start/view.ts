import { endedLines, erased, textLine, type TerminalText } from '../../contract/terminal-text.ts';
import type { FollowerEvent } from '../../follow/events.ts';
import { sentenceOf } from '../../follow/events.ts';
import type { Context } from '../shared/command.ts';
import { answerLine, answerText, changeText, drawn, type DrawnLine, FIRST } from './answers.ts';
import type { ProbeAnswer } from '../../local/probes.ts';

/** How far one component is. */
export interface ComponentProgress {
  /** The sequence in force; 0 for none. */
  sequence: number;
  state: string;
}

/** Milliseconds after a save within which a path that changes does so because of it. */
const RECENT_MS = 4000;

/** Shows how far each component is: drawn anew on a terminal, as lines elsewhere. */
export class View {
  #components: ReadonlyMap<string, ComponentProgress> = new Map();
  #wanted = 0;
  #since: number | undefined;
  #drawn = 0;
  #building: string | undefined;
  #seen: number | undefined;
  #onSettled: () => void = () => {};
  readonly #answers = new Map<string, ProbeAnswer>();
  /** Milliseconds from a save to the first packet of each kind, as seen last. */
  readonly #firsts = new Map<string, number>();

  readonly context: Pick<Context, 'out' | 'terminal' | 'window'>;
  readonly environment: string;

  constructor(context: Pick<Context, 'out' | 'terminal' | 'window'>, environment: string) {
    this.context = context;
    this.environment = environment;
  }

  /** Says a sentence that stays on the screen. */
  say(sentence: string): void {
    this.show(textLine(sentence));
  }

  /** Shows lines that stay on the screen. */
  show(text: TerminalText): void {
    this.#erase();
    this.context.out(text);
    this.#draw();
  }

  /** How far each component is now; drawn where it has changed. */
  update(states: ReadonlyMap<string, ComponentProgress>): void {
    const changed = JSON.stringify([...states]) !== JSON.stringify([...this.#components]);
    this.#components = states;
    if (!changed && this.#since === undefined) return;
    this.#settle();
    if (changed) this.#redraw();
  }

  /** An entry was published, for a change first seen at an instant. */
  want(sequence: number, since: number | undefined): void {
    this.#wanted = sequence;
    this.#since = since;
    this.#seen = since;
    this.#redraw();
  }

  /** How far cargo is with the data plane. */
  building(done: number, all: number): void {
    this.#building = done < all ? `building the data plane: ${done} of ${all} crates` : undefined;
    this.#redraw();
  }

  /** What became of trying a path; said where it has changed. @param at when the change was met first, where that is known */
  answer(answer: ProbeAnswer, at?: number): void {
    this.#building = undefined;
    const before = this.#answers.get(answer.service);
    this.#answers.set(answer.service, answer);
    if (before && before.state !== answer.state) this.say(changeText(before, answer, this.#took(answer, at)));
    else if (!before) this.say(answerText(answer));
    else this.#redraw();
  }

  /** How long after the save; the first packet's time is kept in view. */
  #took({ state }: ProbeAnswer, at: number | undefined): string | undefined {
    const since = this.#recent();
    if (since === undefined) return undefined;
    const first = FIRST[state];
    if (at === undefined || first === undefined) return `seen ${Date.now() - since} ms`;
    this.#firsts.set(first, at - since);
    return `${first} ${at - since} ms`;
  }

  /** When the files were saved, while what changes is because of that. */
  #recent(): number | undefined {
    return this.#seen !== undefined && Date.now() - this.#seen < RECENT_MS ? this.#seen : undefined;
  }

  /** Calls back each time that everything is in force. */
  whenSettled(settled: () => void): void {
    this.#onSettled = settled;
  }

  /** What a component's follower tells, where it is worth saying. */
  tell(component: string, event: FollowerEvent): void {
    if (event.type === 'refused' || event.type === 'denying' || event.type === 'trouble')
      this.say(`${component}: ${sentenceOf(event)}`);
  }

  /**
   * Resolves when every component enforces what was published last, one refuses it, or the user interrupts.
   * @returns whether all enforce it
   */
  async settled(signal: AbortSignal): Promise<boolean> {
    const refuses = (): boolean => [...this.#components.values()].some(({ state }) => state === 'refused');
    while (this.#since !== undefined && !signal.aborted && !refuses())
      await new Promise((resolve) => setTimeout(resolve, 20));
    return this.#since === undefined;
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
    this.#onSettled();
  }

  #redraw(): void {
    this.#erase();
    this.#draw();
  }

  #draw(): void {
    if (!this.context.terminal) return;
    const { columns, rows } = this.context.window?.() ?? { columns: Infinity, rows: Infinity };
    const lines = this.#lines();
    // What has left the window above cannot be taken off; the row of the cursor is below.
    const shown = lines.length < rows ? lines : lines.slice(0, Math.max(0, rows - 2));
    const left = lines.length - shown.length;
    if (left > 0) shown.push({ text: `and ${left} more, in a window with more rows` });
    this.#drawn = shown.length;
    this.context.out(endedLines(shown.map((line) => drawn(line, columns))));
  }

  /** What is drawn anew each time. */
  #lines(): DrawnLine[] {
    const components = [...this.#components].map(([name, { sequence, state }]): DrawnLine => {
      const isDone = state === 'enforcing' && sequence === this.#wanted;
      return {
        mark: isDone ? { sign: '●', colour: 'green' } : { sign: '○', colour: 'yellow' },
        text: `${name.padEnd(32)} ${sequence === 0 ? '-' : `sequence ${sequence}`}  ${state}`,
      };
    });
    const firsts = [...this.#firsts].map(([first, took]) => `${first} ${took} ms`);
    return [
      ...components,
      ...(this.#building === undefined ? [] : [{ text: this.#building }]),
      ...[...this.#answers.values()].map(answerLine),
      ...(firsts.length === 0 ? [] : [{ text: `after a save: ${firsts.join(', ')}` }]),
    ];
  }

  #erase(): void {
    if (this.#drawn > 0) this.context.out(erased(this.#drawn));
    this.#drawn = 0;
  }
}
