import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { mirrorAt, repin, writeConfiguration } from './mirror.ts';
import { startProxy } from './proxy.ts';
import { amazonsImages, SHIMS } from './shims.ts';

const test = suite("both stacks on moto's server: what stands between");
const folder = mkdtempSync(join(tmpdir(), 'ztna-mirror-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a mirror gives the pinned version, else the newest that it has', () => {
  for (const version of ['5.9.0', '5.100.0'])
    mkdirSync(join(folder, 'registry.terraform.io/hashicorp/aws', version), { recursive: true });
  assert.equal(mirrorAt(folder, '5.9.0'), { folder, version: '5.9.0' });
  assert.equal(mirrorAt(folder, '6.25.0'), { folder, version: '5.100.0' });
  assert.throws(() => mirrorAt(join(folder, 'none'), '6.25.0'), /no provider hashicorp\/aws is in/);
  mkdirSync(join(folder, 'terraform/stacks/one'), { recursive: true });
  const file = join(folder, 'terraform/stacks/one/versions.tf');
  writeFileSync(file, 'version = "6.25.0"\n');
  repin(folder, '6.25.0', { folder, version: '5.100.0' });
  assert.is(readFileSync(file, 'utf8'), 'version = "5.100.0"\n');
  assert.match(
    readFileSync(writeConfiguration(folder, { folder, version: '5.100.0' }), 'utf8'),
    /filesystem_mirror/,
  );
});

test('what the server knows is passed on, what it lacks is answered, and which of that was needed is known', async () => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url!);
    response.writeHead(200, { 'content-type': 'text/plain' }).end('from the server');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy = await startProxy(`http://127.0.0.1:${port}`, [...SHIMS, amazonsImages('ami-1')]);
  const ask = (service: string, target: string, body: object) =>
    fetch(`${proxy.endpoint}/`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/${service}/aws4_request, Signature=0`,
        'x-amz-target': target,
      },
      body: JSON.stringify(body),
    });
  try {
    assert.is(
      await (await ask('ssm', 'AmazonSSM.GetParameter', { Name: '/ours' })).text(),
      'from the server',
    );
    const image = { Name: '/aws/service/ami-amazon-linux-latest/x' };
    const answered = await (await ask('ssm', 'AmazonSSM.GetParameter', image)).json();
    assert.is((answered as { Parameter: { Value: string } }).Parameter.Value, 'ami-1');
    const associate = async (Name: string): Promise<string> => {
      const made = await (await ask('ssm', 'AmazonSSM.CreateAssociation', { Name })).json();
      return (made as { AssociationDescription: { AssociationId: string } }).AssociationDescription
        .AssociationId;
    };
    const [AssociationId, other] = [await associate('doc'), await associate('other')];
    await ask('ssm', 'AmazonSSM.DeleteAssociation', { AssociationId });
    assert.ok(![AssociationId, other].includes(await associate('third')), 'an id is given once');
    assert.is((await ask('ssm', 'AmazonSSM.DescribeAssociation', { AssociationId })).status, 400);
    assert.equal(heard, ['/']);
    assert.equal([...proxy.used], ["parameters of Amazon's images", 'associations of Systems Manager']);
  } finally {
    await proxy.close();
    server.close();
  }
});

test('every shim says what it hides', () => {
  const names = SHIMS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  for (const { name, hides } of SHIMS) assert.ok(hides.length > 15, name);
});

test.run();
