/**
 * Runs an Automation document of Systems Manager as its steps say, so that what happens when one fails can be seen. Scripts are
 * run as they are, by Python with boto3, on moto's server; what asks a machine something is answered by the test.
 */
import { spawnSync } from 'node:child_process';

interface Step {
  name: string;
  action: string;
  onFailure?: string;
  nextStep?: string;
  isEnd?: boolean;
  isCritical?: boolean;
  inputs: Record<string, unknown>;
  outputs?: { Name: string; Selector: string }[];
}

/** A document's content. */
export interface AutomationDocument {
  mainSteps: Step[];
}

/** What a run is in. */
export interface AutomationWorld {
  /** The documents, by name. */
  documents: ReadonlyMap<string, AutomationDocument>;
  /** Python, and what tells boto3 where moto's server is. */
  python: string;
  env: Readonly<Record<string, string>>;
  /** What a machine does of a command. @returns whether it succeeded */
  command(instance: string, command: string): boolean;
  /** Steps that fail whatever they do, as `document/step`. */
  broken?: ReadonlySet<string>;
}

/** How a run ended, and the steps that it took, as `document/step` with `!` where one failed. */
export interface AutomationRun {
  status: 'Success' | 'Failed';
  taken: string[];
}

/** Runs a document with some parameters, until it ends. */
export function runAutomation(
  name: string,
  parameters: Readonly<Record<string, string>>,
  world: AutomationWorld,
): AutomationRun {
  const { mainSteps } = world.documents.get(name)!;
  const values = new Map<string, string>(Object.entries(parameters));
  values.set('automation:EXECUTION_ID', 'execution-1');
  const run: AutomationRun = { status: 'Success', taken: [] };
  let next: string | undefined = mainSteps[0]!.name;
  while (next !== undefined) {
    const at: number = mainSteps.findIndex((step) => step.name === next);
    const step = mainSteps[at]!;
    const { succeeded, jump } = perform(name, step, values, world, run.taken);
    run.taken.push(`${step.name}${succeeded ? '' : '!'}`);
    if (!succeeded && step.isCritical !== false) run.status = 'Failed';
    const [, on] = /^step:(.*)$/.exec(step.onFailure ?? '') ?? [];
    if (!succeeded && on === undefined && step.onFailure !== 'Continue') break;
    if (!succeeded && on !== undefined) next = on;
    else next = jump ?? (step.isEnd ? undefined : (step.nextStep ?? mainSteps[at + 1]?.name));
  }
  return run;
}

type Performed = { succeeded: boolean; jump?: string };

function perform(
  document: string,
  step: Step,
  values: Map<string, string>,
  world: AutomationWorld,
  taken: string[],
): Performed {
  if (world.broken?.has(`${document}/${step.name}`)) return { succeeded: false };
  const inputs = filled(step.inputs, values) as Record<string, never>;
  switch (step.action) {
    case 'aws:executeScript':
      return script(step, inputs, values, world);
    case 'aws:runCommand': {
      const { InstanceIds, Parameters } = inputs as unknown as {
        InstanceIds: string[];
        Parameters: { commands: string[] };
      };
      return { succeeded: world.command(InstanceIds[0]!, Parameters.commands.join('\n')) };
    }
    case 'aws:branch': {
      const { Choices, Default } = inputs as unknown as {
        Choices: { Variable: string; StringEquals: string; NextStep: string }[];
        Default: string;
      };
      const chosen = Choices.find(({ Variable, StringEquals }) => Variable === StringEquals);
      return { succeeded: true, jump: chosen?.NextStep ?? Default };
    }
    case 'aws:executeAutomation': {
      const { DocumentName, RuntimeParameters } = inputs as unknown as {
        DocumentName: string;
        RuntimeParameters: Record<string, string[]>;
      };
      const given = Object.entries(RuntimeParameters).map(([key, [value]]) => [key, value!]);
      const inner = runAutomation(DocumentName, Object.fromEntries(given) as Record<string, string>, world);
      taken.push(...inner.taken.map((one) => `> ${one}`));
      return { succeeded: inner.status === 'Success' };
    }
    case 'aws:waitForAwsResourceProperty':
    case 'aws:sleep':
      return { succeeded: true };
    default:
      throw new Error(`nobody knows how ${step.action} is run here`);
  }
}

/** A value with `{{ ... }}` in its texts filled in. */
function filled(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return value.replace(/\{\{ ?([\w.:]+) ?\}\}/g, (_, name: string) => {
      const found = values.get(name);
      if (found === undefined) throw new Error(`{{ ${name} }} is not known yet`);
      return found;
    });
  if (Array.isArray(value)) return value.map((one) => filled(one, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, values)]));
}

function script(
  { name, outputs = [] }: Step,
  inputs: Record<string, never>,
  values: Map<string, string>,
  { python, env }: AutomationWorld,
): Performed {
  const { Script, Handler, InputPayload } = inputs as unknown as Record<string, string>;
  const program = `${Script}\nimport json, sys\nprint(json.dumps(${Handler}(json.loads(sys.argv[1]), None)))\n`;
  const ran = spawnSync(python, ['-c', program, JSON.stringify(InputPayload)], { encoding: 'utf8', env });
  if (ran.status !== 0) return { succeeded: false };
  const payload = JSON.parse(ran.stdout) as Record<string, unknown> | null;
  for (const { Name, Selector } of outputs)
    values.set(`${name}.${Name}`, String(payload?.[Selector.replace('$.Payload.', '')]));
  return { succeeded: true };
}
