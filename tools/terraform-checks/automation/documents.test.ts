/** Drills: what the documents of an intermediate do when something fails, with their own scripts, on moto's server. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { MOTO, startMoto, type Moto, WITHOUT_MOTO } from '../../store/testing/moto.ts';
import { full } from '../../terraform/testing/full.ts';
import { suite } from '../../testing/suite.ts';
import { findProgram } from '../stub/program.ts';
import { ACCOUNT, applied, ENVIRONMENT, worldOf, writeYaml } from '../world.ts';
import { type AutomationDocument, type AutomationWorld, runAutomation } from './runner.ts';

// slow: it runs Terraform, and moto's server
const test = suite('drills of an intermediate');
const program = findProgram();
const base = full('endpoints');
// moto's server moves no IPv6 address.
const given = {
  ...base,
  environment: { ...base.environment, network: { ...base.environment.network, ipv6: false } },
};
const { id, account, region } = given.environment;
const REPLACE = 'ztna-full-intermediate-one-replace';
const HEAL = 'ztna-full-intermediate-one-heal';
const ALARM = 'ztna-full-health-intermediate-one';

/** The documents as Terraform makes them, and the tags of a machine that heals. */
let texts: ReadonlyMap<string, string>;
let allocation: string;
let zone: string;
let template: string;

let moto: Moto;
let env: Record<string, string>;
const python = MOTO === undefined ? '' : join(dirname(MOTO), 'python3');

/** boto3, told a line. @returns what it printed */
function boto(line: string): string {
  const text = `import boto3, json\nec2, dns = boto3.client("ec2"), boto3.client("route53")\n${line}`;
  const ran = spawnSync(python, ['-c', text], { cwd: tmpdir(), encoding: 'utf8', env });
  assert.is(ran.status, 0, ran.stderr);
  return ran.stdout.trim();
}

async function prepare(): Promise<void> {
  const box = await worldOf(program!.name, { id, account, region });
  try {
    writeYaml(box, given);
    await applied(box, ACCOUNT, { account, break_glass_users: '["nora"]' });
    const made = await applied(box, ENVIRONMENT, { environment: id });
    const one = (type: string, end: string) =>
      made.find(({ address }) => address === `module.intermediate["one"].${type}.${end}`)!.values;
    texts = new Map(
      made
        .filter(({ type }) => type === 'aws_ssm_document')
        .map(({ values }) => [String(values['name']), String(values['content'])]),
    );
    allocation = String(one('aws_eip', 'this')['allocation_id']);
    zone = String(one('aws_route53_zone', 'address')['zone_id']);
    template = String(one('aws_launch_template', 'heal')['id']);
  } finally {
    await box.close();
  }
  moto = await startMoto();
  env = {
    PATH: process.env['PATH']!,
    HOME: process.env['HOME'] ?? '/',
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
    AWS_DEFAULT_REGION: region,
  };
}

interface Machines {
  old: string;
  fresh: string;
  allocation: string;
  documents: ReadonlyMap<string, AutomationDocument>;
  holder(): string;
  state(instance: string): string;
}

/** What puts the alarm on the server's health into a state. */
const alarmIs = (state: 'ALARM' | 'OK'): string => `
watch = boto3.client("cloudwatch")
watch.put_metric_alarm(AlarmName="${ALARM}", MetricName="Healthy", Namespace="ztna", Period=60, EvaluationPeriods=5, Threshold=1, ComparisonOperator="LessThanThreshold", Statistic="Sum")
watch.set_alarm_state(AlarmName="${ALARM}", StateValue="${state}", StateReason="a test")`;

/** An address that an old machine holds, and a new one beside it; the documents speak of these. */
async function machines(): Promise<Machines> {
  // What the test before has made is gone.
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
  const tags = `[{"Key": "component", "Value": "intermediate/one"}, {"Key": "environment", "Value": "${id}"}]`;
  const made = JSON.parse(
    boto(`
image = ec2.describe_images()["Images"][0]["ImageId"]
tags = ${tags}
run = lambda: ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t4g.small", TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])["Instances"][0]["InstanceId"]
old, fresh = run(), run()
address = ec2.allocate_address(Domain="vpc")["AllocationId"]
ec2.associate_address(AllocationId=address, InstanceId=old)
zone = dns.create_hosted_zone(Name="one.example.com", CallerReference=address)["HostedZone"]["Id"].split("/")[-1]
healed = tags + [{"Key": "source", "Value": "${HEAL}"}]
template = ec2.create_launch_template(LaunchTemplateName=address, LaunchTemplateData={"ImageId": image, "InstanceType": "t4g.small", "TagSpecifications": [{"ResourceType": "instance", "Tags": healed}]})["LaunchTemplate"]["LaunchTemplateId"]
${alarmIs('ALARM')}
print(json.dumps([old, fresh, address, zone, template]))`),
  ) as string[];
  const [old, fresh, address, ownZone, ownTemplate] = made as [string, string, string, string, string];
  const documents = new Map(
    [...texts].map(([name, text]) => [
      name,
      JSON.parse(
        text.replaceAll(allocation, address).replaceAll(zone, ownZone).replaceAll(template, ownTemplate),
      ) as AutomationDocument,
    ]),
  );
  return {
    old,
    fresh,
    allocation: address,
    documents,
    holder: () =>
      boto(`print(ec2.describe_addresses(AllocationIds=["${address}"])["Addresses"][0].get("InstanceId"))`),
    state: (instance) =>
      boto(
        `print(ec2.describe_instances(InstanceIds=["${instance}"])["Reservations"][0]["Instances"][0]["State"]["Name"])`,
      ),
  };
}

/** Servers that are told to stop and to start, and say whether they are ready. */
function servers(...dead: string[]) {
  const open = new Map<string, boolean>();
  const command: AutomationWorld['command'] = (instance, text) => {
    if (dead.includes(instance)) return false;
    if (text.includes('stop ztna-server')) open.set(instance, false);
    if (text.includes('start ztna-server')) open.set(instance, true);
    return true;
  };
  return { open, command };
}

function real(what: string, body: () => Promise<void>): void {
  if (program && MOTO) test(what, body);
  else test.skip(what, program ? WITHOUT_MOTO : 'neither terraform nor tofu is on the path');
}

if (program && MOTO) {
  test.before(prepare);
  test.after(() => moto.close());
}

const worldWith = (
  { documents }: Machines,
  command: AutomationWorld['command'],
  ...broken: string[]
): AutomationWorld => ({ documents, python, env, command, broken: new Set(broken) });

real('a replacement: the new one is ready, the old one closes, the address moves', async () => {
  const all = await machines();
  const { open, command } = servers();
  const run = runAutomation(REPLACE, { Instance: all.fresh }, worldWith(all, command));
  assert.equal(run, {
    status: 'Success',
    taken: ['online', 'look', 'ready', 'first', 'close', 'move', 'tidy'],
  });
  assert.equal([all.holder(), open.get(all.old), all.state(all.old)], [all.fresh, false, 'running']);
});

real(
  'an address that does not move: the old one opens again and keeps it, and the run has failed',
  async () => {
    const all = await machines();
    const { open, command } = servers();
    const run = runAutomation(REPLACE, { Instance: all.fresh }, worldWith(all, command, `${REPLACE}/move`));
    assert.is(run.status, 'Failed');
    assert.equal(run.taken.slice(-4), ['close', 'move!', 'reopen', 'return']);
    assert.equal([all.holder(), open.get(all.old)], [all.old, true]);
  },
);

real('a name that cannot be written after the address has moved: the address goes back', async () => {
  const all = await machines();
  const { open, command } = servers();
  const { mainSteps } = all.documents.get(REPLACE)!;
  const step = mainSteps.find(({ name }) => name === 'move')!;
  (step.inputs['InputPayload'] as Record<string, string>)['Zone'] = 'Z00000000000000';
  const run = runAutomation(REPLACE, { Instance: all.fresh }, worldWith(all, command));
  assert.is(run.status, 'Failed');
  assert.equal([all.holder(), open.get(all.old)], [all.old, true]);
});

real('a new one that is never ready: nothing has been closed', async () => {
  const all = await machines();
  const { open, command } = servers(all.fresh);
  const run = runAutomation(REPLACE, { Instance: all.fresh }, worldWith(all, command));
  assert.equal(run, { status: 'Failed', taken: ['online', 'look', 'ready!'] });
  assert.equal([all.holder(), open.get(all.old)], [all.old, undefined]);
});

/** Only the old machine is there, as long as nobody deploys. */
const alone = (all: Machines): void => void boto(`ec2.terminate_instances(InstanceIds=["${all.fresh}"])`);

real('a dead machine: another is made, takes the address over, and the dead one goes', async () => {
  const all = await machines();
  alone(all);
  const { command } = servers(all.old);
  const run = runAutomation(HEAL, {}, worldWith(all, command));
  assert.is(run.status, 'Success', run.taken.join(' '));
  assert.equal(
    run.taken.filter((one) => !one.startsWith('>')),
    ['held', 'todo', 'serves!', 'make', 'made', 'replace', 'end'],
  );
  assert.not.equal(all.holder(), all.old);
  assert.equal([all.state(all.holder()), all.state(all.old)], ['running', 'terminated']);
});

real('the machine that healed goes when a deployment has made its own', async () => {
  const all = await machines();
  alone(all);
  runAutomation(HEAL, {}, worldWith(all, servers(all.old).command));
  const healed = all.holder();
  const next = boto(
    'image = ec2.describe_images()["Images"][0]["ImageId"]\nprint(ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"])',
  );
  const run = runAutomation(REPLACE, { Instance: next }, worldWith(all, servers().command));
  assert.is(run.status, 'Success');
  assert.equal([all.holder(), all.state(healed)], [next, 'terminated']);
});

real('what heals and is not ready itself goes, and the address stays where it is', async () => {
  const all = await machines();
  alone(all);
  const nobody: AutomationWorld['command'] = () => false;
  const run = runAutomation(HEAL, {}, worldWith(all, nobody));
  assert.is(run.status, 'Failed');
  assert.is(run.taken.at(-1), 'undo');
  assert.is(all.holder(), all.old);
});

/** The machines of the component that run, but for the one that holds the address. */
const besides = (all: Machines): string[] =>
  JSON.parse(
    boto(`
running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}, {"Name": "tag:component", "Values": ["intermediate/one"]}]
found = [one["InstanceId"] for made in ec2.describe_instances(Filters=running)["Reservations"] for one in made["Instances"]]
print(json.dumps([one for one in found if one != "${all.holder()}"]))`),
  ) as string[];

real(
  'a try that failed is followed by another, as long as the alarm rings, and by none after it',
  async () => {
    for (const fails of ['make', 'replace']) {
      const all = await machines();
      alone(all);
      const { command } = servers(all.old);
      assert.is(runAutomation(HEAL, {}, worldWith(all, command, `${HEAL}/${fails}`)).status, 'Failed');
      assert.equal([all.holder(), besides(all)], [all.old, []], fails);
      // What the clock starts, a quarter of an hour later.
      assert.is(runAutomation(HEAL, {}, worldWith(all, command)).status, 'Success');
      assert.equal(
        [all.state(all.holder()), all.state(all.old), besides(all)],
        ['running', 'terminated', []],
      );
      const healed = all.holder();
      boto(alarmIs('OK'));
      const dead = worldWith(all, servers(healed).command);
      assert.equal(runAutomation(HEAL, {}, dead), { status: 'Success', taken: ['held', 'todo', 'enough'] });
      assert.is(all.holder(), healed);
    }
  },
);

real('an alarm that cannot be asked is told: nobody takes it for one that is quiet', async () => {
  const all = await machines();
  boto(`boto3.client("cloudwatch").delete_alarms(AlarmNames=["${ALARM}"])`);
  assert.equal(runAutomation(HEAL, {}, worldWith(all, servers(all.old).command)), {
    status: 'Failed',
    taken: ['held!'],
  });
});

/** The documents, to which each machine beside the holder is one that could not take over in its hour. */
const later = (all: Machines): Machines => ({
  ...all,
  documents: new Map(
    [...all.documents].map(([name, content]) => [
      name,
      JSON.parse(
        JSON.stringify(content).replaceAll('"Seconds":"3600"', '"Seconds":"0"'),
      ) as AutomationDocument,
    ]),
  ),
});

real('a machine that a failed deployment left keeps nobody from healing, and stays', async () => {
  const all = await machines();
  const { command } = servers(all.old);
  assert.equal(runAutomation(HEAL, {}, worldWith(all, command)).taken, ['held', 'todo', 'enough']);
  assert.is(runAutomation(HEAL, {}, worldWith(later(all), command)).status, 'Success');
  assert.equal([all.state(all.old), besides(all)], ['terminated', [all.fresh]]);
  assert.not.equal(all.holder(), all.fresh);
});

real('a machine that a try could not end goes with the next one', async () => {
  const all = await machines();
  alone(all);
  const { command } = servers(all.old);
  const broken = [`${HEAL}/replace`, `${HEAL}/undo`];
  runAutomation(HEAL, {}, worldWith(all, command, ...broken));
  const [left] = besides(all);
  assert.is(runAutomation(HEAL, {}, worldWith(later(all), command)).status, 'Success');
  assert.equal([all.state(left!), besides(all)], ['terminated', []]);
  assert.not.equal(all.holder(), left);
});

real('of two runs at once one machine comes, whichever is first', async () => {
  const all = await machines();
  alone(all);
  let inner: ReturnType<typeof runAutomation> | undefined;
  const { command } = servers(all.old);
  // The second run does all of its work while the first one asks the old machine.
  const both: AutomationWorld['command'] = (instance, text) => {
    if (instance === all.old) inner ??= runAutomation(HEAL, {}, worldWith(all, command));
    return command(instance, text);
  };
  const run = runAutomation(HEAL, {}, worldWith(all, both));
  assert.is(inner!.status, 'Success');
  assert.equal(run.taken, ['held', 'todo', 'serves!', 'make', 'made', 'enough']);
  assert.equal([all.state(all.holder()), all.state(all.old), besides(all)], ['running', 'terminated', []]);
});

real('of two runs that did not see each other, the later one ends its machine', async () => {
  const all = await machines();
  alone(all);
  // What the later one sees before it makes its machine is of a moment ago.
  const [look, content] = ['if held(events, context) !=', all.documents.get(HEAL)!];
  const made = content.mainSteps.find(({ name }) => name === 'make')!;
  assert.ok(String(made.inputs['Script']).includes(look));
  const script = String(made.inputs['Script']).replace(look, 'if False and {} !=');
  const steps = content.mainSteps.map((step) =>
    step === made ? { ...step, inputs: { ...step.inputs, Script: script } } : step,
  );
  const blind = { ...all, documents: new Map([...all.documents, [HEAL, { ...content, mainSteps: steps }]]) };
  let inner: ReturnType<typeof runAutomation> | undefined;
  const { command } = servers(all.old);
  const both: AutomationWorld['command'] = (instance, text) => {
    if (instance === all.old) inner ??= runAutomation(HEAL, {}, worldWith(all, command));
    return command(instance, text);
  };
  const run = runAutomation(HEAL, {}, worldWith(blind, both));
  assert.equal([inner!.status, run.taken.slice(-3)], ['Success', ['make', 'made', 'enough']]);
  assert.equal([all.state(all.holder()), besides(all)], ['running', []]);
});

real(
  'nothing is made while a deployment makes one, where the server serves, or before the first deployment',
  async () => {
    const busy = await machines();
    const dead = runAutomation(HEAL, {}, worldWith(busy, servers(busy.old).command));
    assert.equal(dead.taken, ['held', 'todo', 'enough']);
    const serving = await machines();
    alone(serving);
    const run = runAutomation(HEAL, {}, worldWith(serving, servers().command));
    assert.equal(run, { status: 'Success', taken: ['held', 'todo', 'serves'] });
    const first = await machines();
    boto(
      `a = ec2.describe_addresses(AllocationIds=["${first.allocation}"])["Addresses"][0]["AssociationId"]\nec2.disassociate_address(AssociationId=a)`,
    );
    assert.equal(
      runAutomation(
        HEAL,
        {},
        worldWith(first, () => false),
      ).taken,
      ['held', 'todo', 'enough'],
    );
  },
);

test.run();
