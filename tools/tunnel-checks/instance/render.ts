import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one intermediate's module is told, as far as it is about the machine. */
export interface InstanceFacts {
  id: string;
  address: string;
  environment: string;
  region: string;
  /** PEM. */
  clientCas: string;
  /** What a policy agent is told of the log. */
  agent: Readonly<Record<string, string>>;
}

/** The texts of the modules that run on a machine. */
export interface InstanceTexts {
  /** The script of the first boot. */
  boot: string;
  /** Asks the server until it answers, as the replacement document does; `%s` is the path. */
  ask: string;
  /** Makes new shared keys: Python with a function `rotate`. */
  rotate: string;
}

/** The parameter that has the keys which intermediates share. */
export const SHARED = (environment: string): string => `/ztna-secret/${environment}/intermediate/keys`;

/**
 * The texts as Terraform makes them from `terraform/modules`, with nothing of AWS: what only says which machine it is
 * is left out, and what the texts are made of is the modules' own.
 * @param folder a folder to work in
 */
export function textsOf(root: string, folder: string, facts: InstanceFacts): InstanceTexts {
  const modules = join(root, 'terraform/modules');
  const own = join(folder, 'render');
  mkdirSync(own, { recursive: true });
  for (const file of ['boot.tf', 'variables.tf'])
    copyFileSync(join(modules, 'intermediate', file), join(own, file));
  const replacement = readFileSync(join(modules, 'intermediate/replacement.tf'), 'utf8');
  const ask = /^ {2}ask = .*$/m.exec(replacement)![0];
  const rotation = readFileSync(join(modules, 'shared-secret/main.tf'), 'utf8');
  const rotate = /^ {2}rotate = <<-PYTHON\n[^]*?\n {2}PYTHON$/m.exec(rotation)![0];
  const locals = [
    `  component = "intermediate/\${var.id}"`,
    `  secrets = "/ztna-secret/\${var.environment}/intermediate"`,
    ask,
    rotate,
  ];
  const outputs = ['boot', 'ask', 'rotate'].map((name) => `output "${name}" {\n  value = local.${name}\n}\n`);
  const floor = 'resource "terraform_data" "floor" {\n  input = { sequence = var.minimum_sequence }\n}\n';
  writeFileSync(join(own, 'main.tf'), `locals {\n${locals.join('\n')}\n}\n${floor}${outputs.join('')}`);
  writeFileSync(join(own, 'terraform.tfvars.json'), JSON.stringify(variablesOf(facts)));
  const run = (...words: string[]): string =>
    execFileSync('terraform', words, { cwd: own, encoding: 'utf8', stdio: 'pipe' });
  run('init', '-no-color');
  run('apply', '-no-color', '-auto-approve');
  const found = JSON.parse(run('output', '-json')) as Record<keyof InstanceTexts, { value: string }>;
  return { boot: found.boot.value, ask: found.ask.value, rotate: found.rotate.value };
}

function variablesOf({ id, address, environment, region, clientCas, agent }: InstanceFacts): object {
  const digest = `sha256:${'0'.repeat(64)}`;
  const image = (name: string): string => `registry.example.com/ztna/${name}@${digest}`;
  const none = 'none';
  return {
    ...{ name: `ztna-${environment}`, environment, account: '111122223333', region, id, address, port: 4433 },
    ...{
      instance_type: none,
      vpc_id: none,
      subnet: { id: none, arn: none, ipv6_cidr: null, zone: none },
      ipv6: false,
    },
    ...{ security_group_id: none, role_name: none, image_repository_arns: [], data_key_arn: none },
    ...{ permissions_boundary: none, alarm_topic_arn: none, health_alarm: none, minimum_sequence: 0 },
    images: { server: image('intermediate-server'), policy_agent: image('policy-agent') },
    client_cas: clientCas,
    shared_secret: SHARED(environment),
    agent_environment: agent,
    log_group: { name: none, arn: none },
  };
}
