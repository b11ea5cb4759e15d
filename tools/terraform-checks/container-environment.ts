/** Reads out of what Terraform made what each container is told. */
import { gunzipSync } from 'node:zlib';
import type { Resource } from './stub/sandbox.ts';

/** One container somewhere: its program, and its environment; what only the start knows is empty. */
export interface ContainerEnvironment {
  where: string;
  program: string;
  environment: Readonly<Record<string, string>>;
}

/** Every container that the resources start, with its environment. */
export const containersIn = (resources: readonly Resource[]): ContainerEnvironment[] =>
  resources.flatMap((one) => {
    if (one.type === 'aws_ecs_task_definition') return byTask(one);
    return one.type === 'aws_instance' ? byMachine(one) : [];
  });

interface Container {
  name: string;
  image: string;
  environment: { name: string; value: string }[];
  secrets?: { name: string }[];
}

const byTask = ({ address, values }: Resource): ContainerEnvironment[] =>
  (JSON.parse(String(values['container_definitions'])) as Container[]).map(
    ({ image, environment, secrets = [] }) => ({
      where: address,
      program: programOf(image),
      environment: Object.fromEntries([
        ...environment.map(({ name, value }) => [name, value]),
        ...secrets.map(({ name }) => [name, '']),
      ]),
    }),
  );

/** The script of a machine's first start. */
export const scriptOf = ({ values }: Resource): string =>
  gunzipSync(Buffer.from(String(values['user_data_base64']), 'base64')).toString();

/** The files that a machine's script writes, by path. */
export const filesOf = (machine: Resource): ReadonlyMap<string, string> =>
  new Map(
    [...scriptOf(machine).matchAll(/^base64 --decode > (\S+) <<< (\S+)$/gm)].map(([, path, text]) => [
      path!,
      Buffer.from(text!, 'base64').toString(),
    ]),
  );

/** A machine's units say which container has which file of variables. */
function byMachine(machine: Resource): ContainerEnvironment[] {
  const { address } = machine;
  const files = filesOf(machine);
  return [...files.values()].flatMap((text) => {
    const run = /^ExecStart=\S*docker run .*$/m.exec(text)?.[0];
    if (!run) return [];
    const file = files.get(/--env-file (\S+)/.exec(run)![1]!)!;
    const lines = file
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2));
    const given = [...run.matchAll(/--env (\w+)=/g)].map(([, name]) => [name, '']);
    const image = run.split(' ').at(-1)!;
    return [
      { where: address, program: programOf(image), environment: Object.fromEntries([...lines, ...given]) },
    ];
  });
}

/** `<registry>/ztna/app-connector@sha256:...` is the program `app-connector`. */
export const programOf = (image: string): string => /([^/]+)@/.exec(image)?.[1] ?? image;
