/** `npm start` with the data plane: how long a save takes until the first packet meets it. */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startIn } from '../../testing/run-cli.ts';
import { end } from '../end.ts';
import { builtPrograms, save, writeScene } from '../start/scene.ts';
import { inFolder } from './peer.ts';
import { median, print } from './print.ts';

/** Saves of each kind. */
const SAVES = 20;
/** Milliseconds between two saves, as a person is never faster, each a little later: no rhythm of ours is always met. */
const BETWEEN_MS = 700;
const LATER_MS = 13;
/** What is aimed at, in milliseconds, by the median. */
const AIM_MS = 500;

/** What meets a save first, and when everything enforces it. */
const KINDS = [
  ['first answered packet', /first answered packet (\d+) ms after/],
  ['first refused packet', /first refused packet (\d+) ms after/],
] as const;

/** Saves that open and cut a path in turn, as Markdown. */
export async function benchStart(): Promise<void> {
  const built = builtPrograms();
  if (built === undefined)
    return end('the programs are not built: cargo build --manifest-path images/Cargo.toml --release --bins');
  const times = await inFolder(async (folder) => {
    await writeScene(folder, built);
    return play(folder);
  });
  print(
    `\n## Save to packet: ${SAVES} saves of each kind under \`npm start\`, programs of ${built.split('/').at(-1)}\n`,
  );
  print('| what | aim | median | least | most | |\n| --- | ---: | ---: | ---: | ---: | --- |');
  KINDS.forEach(([kind], index) => {
    const all = times[index]!;
    const middle = median(all);
    const held = middle <= AIM_MS ? 'held' : 'falls short';
    print(
      `| save to ${kind} | ${AIM_MS} ms | ${middle} ms | ${Math.min(...all)} ms | ${Math.max(...all)} ms | ${held} |`,
    );
  });
  print(`\nLoad average ${loadavg()[0]!.toFixed(1)}.`);
}

async function play(folder: string): Promise<number[][]> {
  const started = startIn(folder, ['start']);
  try {
    await started.says(/wiki tcp\/443\s+reached/);
    await sleep(3000);
    const times: number[][] = KINDS.map(() => []);
    for (let round = 0; round < SAVES; round++)
      for (const [index, [, pattern]] of KINDS.entries()) {
        save(folder, index === 0);
        const told = await started.says(pattern);
        times[index]!.push(Number(pattern.exec(told)![1]));
        await sleep(BETWEEN_MS + round * LATER_MS);
      }
    return times;
  } finally {
    started.child.kill('SIGINT');
    await started.ended;
  }
}
