import type { Document, AwsPrincipal, AwsRequest } from './document.ts';
import { type IamDecision, evaluate } from './evaluate.ts';
import type { Actor, ResourceWithDocument, Landscape } from './landscape.ts';

/** One environment's documents, and what is needed to ask questions of them. */
export class IamScene {
  readonly env: string;
  readonly account: string;
  readonly region: string;
  readonly land: Landscape;
  /** Whether permissions boundaries count; without them, a role's own policies alone are judged. */
  readonly bounded: boolean;

  constructor(env: string, account: string, region: string, land: Landscape, bounded: boolean = true) {
    this.env = env;
    this.account = account;
    this.region = region;
    this.land = land;
    this.bounded = bounded;
  }

  /** The role of a name: `publish` is `ztna-<env>-publish`. @throws where there is none */
  actor(name: string): Actor {
    const found = this.land.actors.find(
      ({ arn }) => arn.endsWith(`/ztna-${this.env}-${name}`) || arn.endsWith(`/${name}`),
    );
    if (!found) throw new Error(`there is no role ${name} in ${this.env}`);
    return found;
  }

  /** The ARN of what has a document of its own, by a part of its address. */
  guarded(part: string): string {
    const found = this.land.guarded.find(({ address }) => address.includes(part));
    if (!found) throw new Error(`nothing is guarded whose address has ${part}`);
    return found.arn;
  }

  /** The ARN of a parameter of the log: `log/000000000001`, `part/index/<digest>/0`. */
  log(name: string, epoch = 1): string {
    return this.parameter(`/ztna/${this.env}/${epoch}/${name}`);
  }

  /** The ARN of a parameter. */
  parameter(name: string): string {
    return `arn:aws:ssm:${this.region}:${this.account}:parameter${name}`;
  }

  /** What AWS would answer a role that asks this. */
  ask(name: string, action: string, resource: string, context: AwsRequest['context'] = {}): IamDecision {
    const actor = this.actor(name);
    const principal: AwsPrincipal = { kind: 'AWS', id: actor.arn, account: this.account };
    const identity = [...Object.values(actor.policies), ...(actor.managed.length > 0 ? [anything] : [])];
    const bounds = this.bounded && actor.boundary !== undefined;
    const boundary = bounds ? [this.boundaryOf(actor)] : undefined;
    return evaluate(
      { identity, resource: this.documentsOf(resource), ...(boundary && { boundary }) },
      { principal, action, resource, context: { ...this.usual(actor.arn), ...context } },
    );
  }

  /** Whether a principal may take a role. */
  take(
    name: string,
    principal: AwsPrincipal,
    action: string,
    context: AwsRequest['context'] = {},
  ): IamDecision {
    const { trust, arn } = this.actor(name);
    const identity: Document[] = principal.kind === 'AWS' ? [anything] : [];
    return evaluate(
      { identity, resource: trust ? [trust] : [] },
      { principal, action, resource: arn, context: { ...this.usual(principal.id), ...context } },
    );
  }

  /** What AWS knows of every request. */
  private usual(arn: string): Record<string, string> {
    return {
      'aws:PrincipalArn': arn,
      'aws:PrincipalAccount': this.account,
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': this.region,
    };
  }

  private boundaryOf({ address, boundary }: Actor): Document {
    const found = this.land.own[boundary!];
    if (!found) throw new Error(`${address} is bounded by ${boundary}, which nobody makes`);
    return found;
  }

  private documentsOf(resource: string): Document[] {
    const about = ({ arn }: ResourceWithDocument): boolean =>
      resource === arn || resource.startsWith(`${arn}/`);
    return this.land.guarded.filter(about).map(({ document }) => document);
  }
}

/** The most that any document could allow: what is refused all the same is refused by the other side. */
const anything: Document = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
