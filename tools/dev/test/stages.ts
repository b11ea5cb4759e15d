import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A check of the whole project that is not a test file. */
export interface TestStage {
  name: string;
  command: readonly string[];
  /** Where it runs, below the repository's root; there, when omitted. */
  folder?: string;
  /** A program without which it is skipped. */
  needs?: string;
  /** What to do where it fails. */
  remedy: string;
  /** Whether `npm run test:fast` looks at it too. */
  fast?: boolean;
}

const node = (...args: string[]): string[] => [process.execPath, ...args];
const tool = (name: string, ...args: string[]): string[] => node(`node_modules/${name}`, ...args);

/** What must hold beside the tests, in the order in which it is looked at. */
export const STAGES: readonly TestStage[] = [
  {
    name: 'format',
    command: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    remedy: 'npm run format',
  },
  { name: 'types', command: tool('typescript/bin/tsc', '-p', '.'), remedy: 'fix the types', fast: true },
  {
    name: 'generated files',
    command: node('--import', 'tsx', 'tools/dev/generate.ts', '--check'),
    remedy: 'npm run generate',
  },
  {
    name: "the repository's own YAML",
    command: node('bin/ztna.js', 'validate'),
    remedy: 'npm run validate',
    fast: true,
  },
  {
    name: 'compose.yaml',
    command: node('--import', 'tsx', 'tools/dev/images.ts', 'compose'),
    remedy: 'write in compose.yaml what environments/ says',
  },
  {
    name: 'rust',
    command: ['cargo', 'test', '--workspace', '--locked', '--quiet'],
    folder: 'images',
    needs: 'cargo',
    remedy: 'cd images && cargo test',
  },
];

/** What became of a stage. */
export interface StageResult {
  stage: TestStage;
  ok: boolean;
  /** Why it was not looked at; then it is neither right nor wrong. */
  skipped?: string;
  output: string;
  seconds: number;
}

/** Runs a stage in the folder given. */
export async function runStage(root: string, stage: TestStage): Promise<StageResult> {
  const began = performance.now();
  const { needs, folder = '.' } = stage;
  if (needs !== undefined && !isInstalled(needs))
    return { stage, ok: true, skipped: `${needs} is not installed here`, output: '', seconds: 0 };
  const [program, ...args] = stage.command;
  const child = spawn(program!, args, { cwd: join(root, folder), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (output += bytes));
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => ((output += String(error)), resolve(false)));
    child.on('close', (code) => resolve(code === 0));
  });
  return { stage, ok, output, seconds: (performance.now() - began) / 1000 };
}

/** Whether a program is found where the shell would look for it. */
function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
