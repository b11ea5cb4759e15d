import { DockerfileParser, type Dockerfile, type From, type JSONInstruction } from 'dockerfile-ast';

/** A Dockerfile and the folder below `images/` that it is in. */
export interface ImageFile {
  folder: string;
  text: string;
}

/** What one rule finds wrong, a sentence each. */
type DockerfileRule = (file: Dockerfile, image: ImageFile) => string[];

/** Flags of instructions, and variables, that only BuildKit knows; Buildah of Debian 12 and the old builder do not. */
const BUILDKIT_FLAGS = /^(RUN --|COPY --(?!from=)|ADD --|FROM --)/i;
const BUILDKIT_VARIABLES = /\b(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)\b/;
/** A base as its default says it: a name and a tag that is a version. */
const TAGGED = /^[a-z0-9./-]+:(?!latest$)[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** A user and a group that are nobody's of the base, and not root. */
const USER = /^[1-9]\d{4}:[1-9]\d{4}$/;
const LABELS = ['title', 'description', 'licenses'].map((name) => `org.opencontainers.image.${name}`);

const RULES: readonly DockerfileRule[] = [
  (file) => bases(file).flatMap((from) => baseFault(file, from)),
  (file) => (last(file)?.getImage() === 'scratch' ? [] : ['the last stage is not FROM scratch']),
  (file) => {
    const [user] = instructions(file, 'USER').slice(-1);
    return user && USER.test(user) ? [] : [`runs as ${user ?? 'root'}: expected numbers such as 10001:10000`];
  },
  (file, { folder }) => {
    const [entry] = file.getENTRYPOINTs().slice(-1);
    const words = (entry as JSONInstruction | undefined)?.getJSONStrings().map((one) => one.getJSONValue());
    const wanted = `/usr/bin/${folder}`;
    return words?.length === 1 && words[0] === wanted ? [] : [`ENTRYPOINT is not ["${wanted}"]`];
  },
  (file, { folder }) =>
    file
      .getInstructions()
      .some((one) => new RegExp(`images/(static|node-root)\\.sh ${folder} `).test(one.toString()))
      ? []
      : ['is not laid out by images/static.sh or images/node-root.sh, which add `healthcheck`'],
  (file) => {
    const labels = instructions(file, 'LABEL').join(' ');
    return LABELS.filter((name) => !` ${labels}`.includes(` ${name}=`)).map((name) => `has no label ${name}`);
  },
  (file) =>
    file
      .getInstructions()
      .filter((one) => BUILDKIT_FLAGS.test(one.toString()))
      .map((one) => `only BuildKit knows: ${one}`),
  (_, { text }) => [
    ...(/^#\s*syntax=/im.test(text) ? ['names a syntax, which only BuildKit fetches'] : []),
    ...(/<<-?["']?[A-Z]/.test(text) ? ['has a here-document, which only BuildKit knows'] : []),
    ...(BUILDKIT_VARIABLES.test(text) ? ['uses a variable that only BuildKit sets'] : []),
  ],
  (file) => (instructions(file, 'ADD').length > 0 ? ['uses ADD: COPY says what it takes'] : []),
];

/** What is wrong with a Dockerfile: `<folder>: <sentence>`. */
export function dockerfileFaults(image: ImageFile): string[] {
  const file = DockerfileParser.parse(image.text);
  return RULES.flatMap((rule) => rule(file, image)).map(
    (fault) => `images/${image.folder}/Dockerfile: ${fault}`,
  );
}

function bases(file: Dockerfile): From[] {
  return file.getFROMs();
}

function last(file: Dockerfile): From | undefined {
  return file.getFROMs().at(-1);
}

/** The arguments of each instruction of a kind, as text. */
function instructions(file: Dockerfile, keyword: string): string[] {
  return file
    .getInstructions()
    .filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArgumentsContent() ?? '');
}

/** A base is nothing, a stage, or a variable `<NAME>_IMAGE` whose default has a tag, so that it can be pinned from outside. */
function baseFault(file: Dockerfile, from: From): string[] {
  const image = from.getImage() ?? '';
  const stages = file.getFROMs().map((one) => one.getBuildStage());
  if (image === 'scratch' || stages.includes(image)) return [];
  const [, name] = /^\$\{([A-Z]+_IMAGE)\}$/.exec(image) ?? [];
  const argument = file
    .getInitialARGs()
    .find((one) => one.getProperty()?.getName() === name)
    ?.getProperty();
  if (!name || !argument) return [`FROM ${image}: expected \${<NAME>_IMAGE} with an ARG before it`];
  return TAGGED.test(argument.getValue() ?? '')
    ? []
    : [`${name} is ${argument.getValue()}: expected a name with a version as tag`];
}
