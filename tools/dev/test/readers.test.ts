import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { filesThatCanRead } from './readers.ts';

const test = suite('which tests can read a file');

/** Whether a test of this text, beside a `reads.ts` that opens a file and a `plain.ts` that opens none, can. */
function canRead(text: string): boolean {
  const root = mkdtempSync(join(tmpdir(), 'ztna-readers-'));
  const files = {
    'a.test.ts': text,
    'plain.ts': "import { createHash } from 'node:crypto';\nexport { createHash };\n",
    'reads.ts': "import { readFileSync } from 'node:fs';\nexport { readFileSync };\n",
    'deep.ts': "export * from './reads.ts';\n",
    'loop.ts': "import './a.test.ts';\n",
  };
  try {
    mkdirSync(join(root, 'tools'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, 'tools', name), content);
    return filesThatCanRead(root).can.length === 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const CANNOT = [
  "import { createHash } from './plain.ts';",
  "import type { readFileSync } from './reads.ts';",
  "import { test } from 'uvu';",
  "import './loop.ts';",
];

const CAN = [
  "import { readFileSync } from 'node:fs';",
  "import { readFileSync } from 'fs';",
  "import { execFile } from 'node:child_process';",
  "import './deep.ts';",
  "import { something } from 'a-package';",
  "const fs = await import('node:fs');",
  "const name = 'node:fs';\nconst fs = await import(name);",
  "const fs = process.getBuiltinModule('node:fs');",
  "import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);",
  "import data from '../policies/guardrails.json' with { type: 'json' };",
];

test('what opens nothing, however deep, cannot', () => {
  for (const text of CANNOT) assert.not(canRead(`${text}\n`), text);
});

test('what opens a file, starts a program or may load what does, can', () => {
  for (const text of CAN) assert.ok(canRead(`${text}\n`), text);
});

test.run();
