import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { KINDS } from '../contract/kinds.ts';
import { createRequire } from 'node:module';
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020') as { Ajv2020: typeof AjvClass };
const addFormats = require('ajv-formats').default as (ajv: AjvClass) => void;

const test = suite('editor settings');

test('every kind of file that people edit has its schema, and nothing else has', () => {
  const wanted = KINDS.map(({ kind, path }) => [`./schemas/${kind}.schema.json`, path]);
  assert.equal(json('.vscode/settings.json')['yaml.schemas'], Object.fromEntries(wanted));
});

test('every schema of what people edit is whole: its id is an address that nobody serves', () => {
  const references = (value: unknown): string[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([key, inner]) =>
          key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
        );
  for (const { kind } of KINDS) {
    const schema = json(`schemas/${kind}.schema.json`);
    for (const to of references(schema))
      assert.ok(to.slice('#/$defs/'.length) in schema.$defs, `${kind}: ${to}`);
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    assert.type(ajv.compile(schema), 'function', kind);
  }
});

test('every schema that the settings name exists', () => {
  for (const path of Object.keys(json('.vscode/settings.json')['yaml.schemas'])) {
    assert.ok(existsSync(join(root, path)), path);
  }
});

test('files are formatted on save by the formatter that the checks use', () => {
  const settings = json('.vscode/settings.json');
  assert.is(settings['editor.formatOnSave'], true);
  const formatters = [
    settings,
    ...['[yaml]', '[json]', '[typescript]'].map((language) => settings[language]),
  ];
  for (const language of formatters) assert.is(language['editor.defaultFormatter'], 'esbenp.prettier-vscode');
});

test('every formatter that the settings name is recommended', () => {
  const { recommendations } = json('.vscode/extensions.json');
  const named = JSON.stringify(json('.vscode/settings.json')).matchAll(
    /"editor\.defaultFormatter":"([^"]+)"/g,
  );
  for (const [, extension] of named) assert.ok(recommendations.includes(extension), extension);
  assert.ok(recommendations.includes('redhat.vscode-yaml'), 'completion in YAML needs redhat.vscode-yaml');
});

test.run();
