import { SIMULATION_MUTANTS } from '/work/faults/tools/dev/mutants/simulation.ts';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
const root = '/tmp/faultsmut/copy';
rmSync(root, { recursive: true, force: true }); mkdirSync(root);
for (const n of ['bin','tools','schemas','package.json','tsconfig.json']) cpSync(`/work/faults/${n}`, `${root}/${n}`, { recursive: true });
symlinkSync('/work/faults/node_modules', `${root}/node_modules`);
const want = process.argv.slice(2);
for (const m of SIMULATION_MUTANTS) {
  const text = readFileSync(`${root}/${m.file}`, 'utf8');
  if (text.split(m.from).length !== 2) console.log('NOT ONCE', m.name, text.split(m.from).length - 1);
  if (want.length && !want.some((w) => m.name.includes(w))) continue;
  if (want.length === 0) continue;
  writeFileSync(`${root}/${m.file}`, text.replace(m.from, () => m.to));
  const t = Date.now();
  const r = spawnSync('node', ['--import','tsx','tools/simulation/main.ts','--runs','100','--seed','20260601','--as-found'], { cwd: root, encoding: 'utf8', timeout: 240000 });
  console.log(r.status ? 'killed' : 'SURVIVED', m.name, (Date.now()-t)/1000, (r.stderr||'').split('\n')[0].slice(0,200));
  writeFileSync(`${root}/${m.file}`, text);
}
