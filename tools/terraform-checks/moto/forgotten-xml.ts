/** More that moto's server takes and forgets, of the APIs that answer in XML. */
import type { AwsAnswer, AwsCall } from './call.ts';
import type { Shim } from './shims.ts';

const edited = (answer: AwsAnswer, edit: (text: string) => string): AwsAnswer => ({
  ...answer,
  body: Buffer.from(edit(answer.body.toString())),
});
const isEc2 = ({ service, operation }: AwsCall, ...operations: string[]): boolean =>
  service === 'ec2' && operations.includes(operation);

/** A machine's security groups, where it was started with an interface, and its recovery. */
export function machines(): Shim {
  const groups = new Map<string, string[]>();
  const withGroups = (part: string): string => {
    const own = groups.get(/<instanceId>([^<]+)</.exec(part)?.[1] ?? '');
    if (own === undefined) return part;
    const items = own.map((id) => `<item><groupId>${id}</groupId><groupName>${id}</groupName></item>`);
    return part
      .replaceAll('<groupSet/>', `<groupSet>${items.join('')}</groupSet>`)
      .replace(
        '<instanceId>',
        '<maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><instanceId>',
      );
  };
  return {
    name: 'security groups and recovery of machines',
    hides: 'that EC2 keeps both',
    when: (call) => isEc2(call, 'RunInstances', 'DescribeInstances'),
    change: (call, answer) => {
      const own = [...new URLSearchParams(call.body)].flatMap(([name, id]) =>
        /SecurityGroupId\.\d+$/.test(name) ? [id] : [],
      );
      if (call.operation === 'RunInstances')
        for (const [, id] of answer.body.toString().matchAll(/<instanceId>([^<]+)</g)) groups.set(id!, own);
      return edited(answer, (text) =>
        text
          .split(/(?=<instancesSet>)/)
          .map(withGroups)
          .join(''),
      );
    },
  };
}

/** A template's own tags are no part of what is made of it. */
export const templates = (): Shim => ({
  name: 'tags of launch templates',
  hides: 'nothing of ours: they were shown twice',
  when: (call) => isEc2(call, 'DescribeLaunchTemplateVersions'),
  change: (_, answer) =>
    edited(answer, (text) =>
      text.replace(/<item><resourceType>launch-template<\/resourceType><tagSet>.*?<\/tagSet><\/item>/gs, ''),
    ),
});

/** Tags of an attachment to a transit gateway, which the server looks for under another kind. */
export const attachments = (): Shim => ({
  name: 'tags of attachments to transit gateways',
  hides: 'that they are said to be of an attachment',
  when: (call) => isEc2(call, 'CreateTransitGatewayVpcAttachment'),
  ask: (call) => ({
    ...call,
    body: call.body.replace('transit-gateway-attachment', 'transit-gateway-route-table'),
  }),
});

/** The network that a private zone is for. */
export function zones(): Shim {
  const networks = new Map<string, string>();
  return {
    name: 'networks of private zones',
    hides: 'that Route 53 keeps them',
    when: ({ service, path }) => service === 'route53' && /\/hostedzone(\/[^/]+)?$/.test(path),
    change: (call, answer) =>
      edited(answer, (text) => {
        const id = /<Id>\/hostedzone\/([^<]+)</.exec(text)?.[1] ?? '';
        const network = /<VPC>.*?<\/VPC>/s.exec(call.body)?.[0];
        if (call.method === 'POST' && network !== undefined) networks.set(id, network);
        if (call.method !== 'GET' || !networks.has(id) || text.includes('<VPCs>')) return text;
        return text
          .replace('<PrivateZone>false', '<PrivateZone>true')
          .replace('</GetHostedZoneResponse>', `<VPCs>${networks.get(id)}</VPCs></GetHostedZoneResponse>`);
      }),
  };
}
