import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { KINDS } from '../contract/kinds.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const test = suite('editor settings');

test('every kind of file that people edit has its schema, and nothing else has', () => {
  const wanted = KINDS.map(({ kind, path }) => [`./schemas/${kind}.schema.json`, path]);
  assert.equal(json('.vscode/settings.json')['yaml.schemas'], Object.fromEntries(wanted));
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
