import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { IMAGE_SOURCES } from '../../git/infrastructure.ts';
import { suite } from '../../testing/suite.ts';
import { PROGRAMS } from './bundle.ts';
import { dockerfileFaults } from './dockerfiles.ts';

const test = suite('Dockerfiles of images');
const images = fileURLToPath(new URL('../../../images/', import.meta.url));
const folders = readdirSync(images).filter((folder) => existsSync(`${images}${folder}/Dockerfile`));
const textOf = (folder: string) => readFileSync(`${images}${folder}/Dockerfile`, 'utf8');

test('each keeps the rules', () => {
  assert.equal(
    folders.flatMap((folder) => dockerfileFaults({ folder, text: textOf(folder) })),
    [],
  );
});

test('every program that is bundled, and every program in Rust that components run, has one', () => {
  const wanted = [...Object.keys(PROGRAMS), 'intermediate-server', 'app-connector', 'agent'];
  assert.equal(
    wanted.filter((name) => !folders.includes(name)),
    [],
  );
});

test('those of Node take everything that their programs are bundled from, and no build hides it', () => {
  const wanted = IMAGE_SOURCES.filter((path) => path !== '.dockerignore');
  const shown = readFileSync(`${images}../.dockerignore`, 'utf8');
  for (const path of wanted) assert.ok(shown.includes(`\n!${path}\n`), path);
  for (const folder of Object.keys(PROGRAMS)) {
    const taken = [...textOf(folder).matchAll(/^COPY (?!--)(.*) \S+$/gm)].flatMap(([, paths]) =>
      paths!.split(' ').map((path) => path.replace(/\/$/, '')),
    );
    assert.equal(
      wanted.filter((path) => !taken.includes(path)),
      [],
      folder,
    );
  }
});

/** A change to the server's file, and what is said of it. */
const BROKEN: readonly [from: string | RegExp, to: string, says: RegExp][] = [
  ['rust:1.95-slim-trixie', 'rust', /RUST_IMAGE is rust: expected a name with a version/],
  ['rust:1.95-slim-trixie', 'rust:latest', /RUST_IMAGE is rust:latest/],
  ['FROM ${RUST_IMAGE}', 'FROM rust:1.95', /FROM rust:1\.95: expected/],
  ['FROM scratch', 'FROM build', /not FROM scratch/],
  [/USER .*\n/, '', /runs as root/],
  [/USER .*\n/, 'USER root\n', /runs as root/],
  [
    'ENTRYPOINT ["/usr/bin/intermediate-server"]',
    'ENTRYPOINT /usr/bin/intermediate-server',
    /ENTRYPOINT is not/,
  ],
  ['"/usr/bin/intermediate-server"', '"/bin/sh", "-c"', /ENTRYPOINT is not/],
  [
    'RUN images/static.sh',
    'RUN --mount=type=cache,target=/x images/static.sh',
    /only BuildKit knows: RUN --mount/,
  ],
  ['COPY --from=build', 'COPY --link --from=build', /only BuildKit knows: COPY --link/],
  [
    'FROM ${RUST_IMAGE} AS',
    'FROM --platform=linux/amd64 ${RUST_IMAGE} AS',
    /only BuildKit knows: FROM --platform/,
  ],
  [/^/, '# syntax=docker/dockerfile:1\n', /names a syntax/],
  ['COPY images/ images/', 'ADD images/ images/', /uses ADD/],
  ['org.opencontainers.image.licenses', 'licenses', /no label org\.opencontainers\.image\.licenses/],
  ['images/static.sh intermediate-server', 'cargo build', /not laid out by/],
  ['WORKDIR /source', 'WORKDIR /source\nARG TARGETARCH', /variable that only BuildKit sets/],
];

for (const [from, to, says] of BROKEN)
  test(`refused: ${String(from)} -> ${to.trim()}`, () => {
    const before = textOf('intermediate-server');
    const text = before.replace(from, to);
    assert.is.not(text, before);
    const faults = dockerfileFaults({ folder: 'intermediate-server', text });
    assert.match(faults.join('\n'), says);
  });

test.run();
