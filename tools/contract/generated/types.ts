// Generated from schemas/ by `npm run generate`. Do not edit.

/**
 * How a flow ends of itself: finished: both ends ended it; idle: no packet for too long; agent-gone: the agent's connection ended; connector-gone: the connector's connection ended or fell silent; going-away: the intermediate went away.
 *
 */
export type FlowEnd = 'finished' | 'idle' | 'agent-gone' | 'connector-gone' | 'going-away';
/**
 * Lower-case letters, digits and hyphens, beginning with a letter; at most 63 characters. In a folder of files it equals the file's name.
 *
 *
 */
export type Id = string;
/**
 * One running program: intermediate/<id> or connector/<id>.
 *
 */
export type Component = string;
/**
 * A user or machine identity as its client certificate states it: the e-mail SAN, else the CN. An e-mail address, or a name in letters, digits, dots, underscores and hyphens; no group's id. Compared in lower case.
 *
 */
export type Principal = string;
/**
 * A lower-case hexadecimal SHA-256.
 *
 */
export type Digest = string;
/**
 * An address with a UDP port, such as 203.0.113.7:50000; IPv6 in brackets, such as [2001:db8::7]:50000.
 *
 */
export type SocketAddress = string;
/**
 * An instant in UTC, such as 2027-12-31T00:00:00Z, in the years 1970 to 9999; there are no leap seconds.
 *
 */
export type Instant = string;
/**
 * Why a component of the data plane dropped a datagram, refused a registration or a client, or cut a flow: in metrics, logs, and in what an agent is answered.
 *
 */
export type DropReason =
  | 'message-cut-short'
  | 'message-not-text'
  | 'message-unknown'
  | 'packet-malformed'
  | 'packet-checksum'
  | 'packet-options'
  | 'packet-fragment'
  | 'packet-source'
  | 'packet-protocol'
  | 'packet-expired'
  | 'packet-too-large'
  | 'no-enforcement'
  | 'lease-over'
  | 'service-unknown'
  | 'not-registered'
  | 'destination'
  | 'protocol'
  | 'port'
  | 'not-authorized'
  | 'not-now'
  | 'source-address'
  | 'device-managed'
  | 'device-os'
  | 'device-disk-encrypted'
  | 'device-other'
  | 'certificate-limit'
  | 'revoked'
  | 'ca-not-accepted'
  | 'certificate-expired'
  | 'certificate-unusable'
  | 'certificate-missing'
  | 'not-connector'
  | 'no-connector'
  | 'no-flow'
  | 'ambiguous-flow'
  | 'flow-limit'
  | 'client-rate'
  | 'address-rate'
  | 'client-limit'
  | 'registration-limit'
  | 'handshake-limit'
  | 'queue-full'
  | 'no-inner-address'
  | 'backend-unreachable'
  | 'memory-limit'
  | 'draining';
/**
 * Ids of services.
 *
 */
export type ServiceIds = Id[];
/**
 * A TCP or UDP port.
 *
 */
export type Port = number;
/**
 * A source address such as 203.0.113.7 or 2001:db8::7, without a zone id; an IPv4 address mapped into IPv6 is that IPv4 address.
 *
 */
export type Address = string;
/**
 * Ids of environments.
 *
 * @minItems 1
 *
 */
export type EnvironmentIds = Id[];
/**
 * One sentence for the people who read pull requests and the access listings.
 *
 */
export type Description = string;
/**
 * Names in this file that are meant to exist later: of groups, services, environments or principals, `tier=restricted` for a label, "8443" for a port. One that exists is to be removed here.
 *
 * @minItems 1
 *
 */
export type Later = string[];
/**
 * An IPv4 address in dotted decimals.
 *
 */
export type Ipv4 = string;
/**
 * The transport protocol inside the tunnel.
 *
 */
export type Protocol = 'tcp' | 'udp';
/**
 * Port intervals, both ends included, ascending, neither touching nor overlapping.
 *
 * @minItems 1
 *
 */
export type Intervals = [first: number, last: number][];
/**
 * An IPv4 prefix such as 10.20.0.0/16, without host bits.
 *
 */
export type Ipv4Prefix = string;
/**
 * allowed: an allow matches and no deny; revoked: revoked.yaml names the principal; certificate-missing: the environment lets no client without certificate in; denied-by-policy: a deny matches; no-policy-allows: nothing matches; unknown-environment: there is none of that name; unknown-service: no connector registers it there; port-not-served: the service does not have that port.
 *
 */
export type Reason =
  | 'allowed'
  | 'revoked'
  | 'certificate-missing'
  | 'denied-by-policy'
  | 'no-policy-allows'
  | 'unknown-environment'
  | 'unknown-service'
  | 'port-not-served';
/**
 * The answer to one access request: a line of `explain --requests FILE.jsonl --json`.
 *
 */
export type Answer =
  | {
      decision: 'allow' | 'deny';
      /**
       * All matching denies, else all matching allows, sorted.
       */
      policies: Id[];
      reason: Reason;
    }
  | {
      /**
       * Why the request is malformed.
       */
      error: string;
    };
/**
 * Ports (8080) and inclusive ranges (9000-9010), which run upwards and end by 65535.
 *
 * @minItems 1
 * @maxItems 64
 *
 */
export type Ports = (number | string)[];
/**
 * An IPv4 or IPv6 prefix such as 203.0.113.0/24 or 2001:db8::/32, without host bits; without a length it is one address.
 *
 */
export type Prefix = string;
/**
 * A day, such as "2027-12-31", in the years 1970 to 9999.
 *
 *
 */
export type Date = string;
/**
 * An IANA time zone such as America/New_York, or UTC; offsets and abbreviations are none.
 *
 */
export type TimeZone = string;
/**
 * Ids of groups.
 *
 */
export type GroupIds = Id[];
/**
 * Principals by name.
 *
 */
export type Principals = Principal[];
/**
 * Where the service really runs: host or host:port, the host being a DNS name, an IPv4 address or an IPv6 address in brackets. With a port, every port of the service leads to that one; without, a port leads to itself.
 *
 */
export type Backend = string;
/**
 * Those of the principals that are machines: in a group that says so, or with a name that is no address. Absent where all are people.
 *
 * @minItems 1
 *
 */
export type Machines = Principal[];
/**
 * SHA-256 digests of the DER encodings of the client CAs that are accepted, sorted, without those that are revoked; any known one when omitted.
 *
 */
export type CaDigests = Digest[];
/**
 * Principals that are refused whatever their certificate, in lower case, sorted.
 *
 */
export type RevokedPrincipals = Principal[];
export type GithubNumber = number;
export type Share = number;
/**
 * enforcing: the newest entry is in force; behind: an older one is; ahead: it says that one is which the log does not have, as of a store that is lost or an old copy; waiting: the newest could not be taken yet and is tried again; refused: the newest was refused and an older one is in force, or the newest until its lease ends; stale: the newest is in force and has expired; denying: nothing is in force; stopped: the instance said that it ends; gone: it has missed three renewals, and may still enforce what it had; silent: no instance ever reported; removed: the newest entry has no part for it. A component is what its worst live instance is; where none is live, gone or stopped.
 *
 */
export type ConvergenceState =
  | 'enforcing'
  | 'behind'
  | 'ahead'
  | 'waiting'
  | 'refused'
  | 'stale'
  | 'denying'
  | 'stopped'
  | 'gone'
  | 'silent'
  | 'removed';
/**
 * What the admin panel answers where no command gives the same: one of these.
 *
 */
export type Panel =
  | Overview
  | PanelServices
  | ServiceDetail
  | PanelPolicies
  | PolicyDetail
  | PanelGroups
  | GroupDetail
  | PanelPrincipals
  | PrincipalDetail
  | AccessMatrix
  | AccessGraph
  | EntryDetail
  | PanelHolds
  | Expiring
  | AccessLogLines
  | PanelPerson
  | ProposalPreview
  | OpenedProposal
  | OpenedProposals
  | ProblemDetails;
/**
 * @minItems 1
 *
 */
export type Indexes = number[];
/**
 * One component's share of a bundle. All intermediates of an environment share one part; each connector has its own.
 *
 */
export type Part = IntermediatePart | ConnectorPart;
/**
 * A change that a person asks the admin panel for.
 *
 */
export type ProposedChange =
  | ProposedText
  | ProposedService
  | ProposedPolicy
  | ProposedMembership
  | ProposedGrant
  | ProposedRemoval
  | ProposedRevert;
/**
 * Why, for the person who reads this next year.
 *
 */
export type RevocationReason = string;
/**
 * 32 random bytes in hexadecimal.
 *
 */
export type SharedKey = string;
/**
 * `contradicted`: reached what must be denied, or the reverse. `unproved`: it could not be tried, or nothing answered. `left out`: at this instant policy itself says otherwise than the test's own instant.
 *
 */
export type ProbeOutcome = 'proved' | 'contradicted' | 'unproved' | 'left out';

/**
 * One line of an intermediate's access log: a flow that ended, or a sample of what was denied.
 *
 */
export interface AccessLog {
  environment: Id;
  component: Component;
  /**
   * Which instance of the component wrote it.
   */
  instance: string;
  principal?: Principal;
  fingerprint?: Digest;
  source: SocketAddress;
  /**
   * The device attributes that were known.
   */
  device: {
    [k: string]: string;
  };
  /**
   * The service's id; in a denial what the client asked for.
   */
  service: string;
  /**
   * The inner protocol; icmp is an echo.
   */
  protocol: 'tcp' | 'udp' | 'icmp';
  /**
   * The inner destination port; absent for icmp.
   */
  port?: number;
  connector?: Id;
  /**
   * Bytes of inner packets from the agent.
   */
  bytesIn: number;
  /**
   * Bytes of inner packets towards the agent.
   */
  bytesOut: number;
  start: Instant;
  end: Instant;
  /**
   * Why it ended: of itself, or the reason for which it was cut or denied.
   */
  why: FlowEnd | DropReason;
}
/**
 * One request and its answer (`reaches` or `denied`), or an invariant (`never`).
 *
 */
export interface Expectation {
  principal?: Principal;
  group?: Id;
  /**
   * Anyone else: a valid certificate that no group lists (with `never`).
   */
  anyoneElse?: true;
  /**
   * In place of a principal: a client without certificate.
   */
  withoutCertificate?: true;
  reaches?: Id;
  denied?: Id;
  never?: Target;
  port?: Port;
  at?: Instant;
  from?: Address;
  device?: DeviceFacts;
  environments?: EnvironmentIds;
  /**
   * Also tried through real components, with a certificate of the principal: by `npx ztna smoke`, and by a merge on each ring before the next one gets the change. It is tried at whatever time that is, so choose what holds at any.
   */
  probe?: true;
}
/**
 * Services named, services that carry every pair in `labels`, or all.
 *
 */
export interface Target {
  services?: ServiceIds;
  labels?: Labels;
  /**
   * Every service.
   */
  all?: true;
}
/**
 * Pairs of a name and a value by which policies select services.
 *
 */
export interface Labels {
  [k: string]: string;
}
/**
 * What the certificate says of the device; what is omitted is unknown.
 *
 */
export interface DeviceFacts {
  /**
   * Whether the company manages the device.
   */
  managed?: boolean;
  /**
   * The operating system.
   */
  os?: 'android' | 'chromeos' | 'ios' | 'linux' | 'macos' | 'windows';
  /**
   * Whether the device's disk is encrypted.
   */
  diskEncrypted?: boolean;
}
/**
 * Expectations about access that must stay true: policies/tests/<id>.yaml.
 *
 */
export interface AccessTest {
  id: Id;
  description: Description;
  owner?: Id;
  later?: Later;
  /**
   * Each expectation is checked by itself.
   *
   * @minItems 1
   */
  expect: Expectation[];
}
/**
 * Where an entry is in its log, and what the instance's part of it was.
 *
 */
export interface Position {
  epoch: number;
  sequence: number;
  entry: Digest;
  content?: Digest;
}
/**
 * An instance's own report of what it enforces, refused or waits for; renewed at least every `renewSeconds` although nothing has changed.
 *
 */
export interface Ack {
  schemaVersion: 1;
  environment: Id;
  component: Component;
  /**
   * Which instance of the component: a task id or host name.
   */
  instance: string;
  /**
   * enforcing: the newest entry seen is in force; refused: it was refused and the one before is in force, or the one in force is refused anew; waiting: it is not in force yet, and is tried again; stale: the entry in force has expired; denying: nothing is in force any more; stopped: the instance has ended, and reports no more.
   */
  state: 'enforcing' | 'refused' | 'waiting' | 'stale' | 'denying' | 'stopped';
  enforced?: Position;
  enforcedSince?: Instant;
  /**
   * The entry in force itself, so that nobody can say that one is in force which was never signed. Absent where there is no room.
   */
  proof?: {
    /**
     * The entry's payload, compressed with Brotli, in base64.
     */
    payload: string;
    /**
     * A signature on it, in base64.
     */
    signature: string;
  };
  refused?: Position;
  /**
   * Why it was refused, or what is wrong.
   */
  reason?: string;
  /**
   * What could not be taken yet. It is tried again; what was in force stays so.
   */
  waiting?: {
    position?: Position;
    /**
     * What is missing, or does not answer.
     */
    reason: string;
    since: Instant;
  };
  /**
   * Who confirmed the enforcement file: the component on /applied, or, without a data plane, the follower's own check of the file it wrote.
   */
  verifiedBy?: 'component' | 'file-check';
  figures?: Figures;
  at: Instant;
  /**
   * It is written again within so many seconds; an instance that misses three renewals is gone. 900 where it is absent.
   */
  renewSeconds?: number;
  /**
   * Digests of the public keys the instance trusts: eight of environment.yaml, and with the embedded store the one of the machine.
   *
   * @maxItems 9
   */
  trustedKeys: Digest[];
}
/**
 * What a component answers on GET /figures; its policy agent puts it into the next ack. Totals are since the component's start.
 *
 */
export interface Figures {
  /**
   * Connections that are open now.
   */
  connections?: number;
  /**
   * Flows that are live now.
   */
  flows?: number;
  /**
   * Inner packets relayed since the start.
   */
  datagrams?: number;
  /**
   * Their bytes.
   */
  bytes?: number;
  /**
   * Digest of the image that runs, as the deployment stated it.
   */
  image?: string;
  certificateNotAfter?: Instant;
}
export interface AgentIntermediate {
  id: Id;
  /**
   * The DNS name or IP address to connect to.
   */
  address: string;
  port: Port;
  /**
   * The DNS name or IP address that its certificate must carry.
   */
  serverName: string;
  [k: string]: unknown;
}
export interface AgentService {
  id: Id;
  virtualIp: Ipv4;
  protocol: Protocol;
  ports: Intervals;
  owner?: Id;
  [k: string]: unknown;
}
/**
 * The output of `agent-config`: where one principal's agent connects, and which services it knows. It gives no access: the intermediates decide. A reader ignores keys that it does not know, so that a newer file works with an older agent; an older file goes on working for what it lists.
 *
 */
export interface AgentConfig {
  schemaVersion: 1;
  environment: Id;
  principal?: Principal;
  virtualNetwork: Ipv4Prefix;
  /**
   * The environment's intermediates, sorted by id; the agent connects to all of them and uses the first that is there.
   *
   * @minItems 1
   */
  intermediates: AgentIntermediate[];
  /**
   * The services that some policy could ever let the principal reach, or every one, sorted by id.
   */
  services: AgentService[];
  [k: string]: unknown;
}
/**
 * The JSON in message 0x22: who is behind a flow, for a connector that offered the service by 0x23. At most 500 bytes: where it would be longer, device is empty. Readers ignore keys that they do not know.
 *
 */
export interface Announcement {
  inner: Ipv4;
  address: SocketAddress;
  principal?: Principal;
  /**
   * The device attributes that are known.
   */
  device: {
    [k: string]: string;
  };
}
/**
 * What a component answers on GET /applied: which enforcement file it enforces, and which one it refuses.
 *
 */
export interface Applied {
  /**
   * Any text that changes when the component is started anew or replaced by another version; a refused entry is tried again when it does.
   */
  run: string;
  digest?: Digest;
  /**
   * The newest enforcement file, when it is refused; what was in force before stays in force until its lease ends.
   */
  refused?: {
    digest: Digest;
    reason: string;
  };
}
/**
 * The JSON in message 0x21: what an intermediate answers an agent that asks (0x20) why a service is denied. At most 500 bytes: where it would be longer, owner is left out, then opensAt. Readers ignore keys that they do not know.
 *
 */
export interface Because {
  /**
   * allowed, or why not.
   */
  reason: 'allowed' | DropReason;
  opensAt?: Instant;
  owner?: Id;
}
/**
 * Where a part is and what its bytes must be.
 *
 */
export interface PartReference {
  /**
   * Who may read it.
   */
  scope: string;
  content: Digest;
  part: Digest;
  /**
   * Length of the canonical bytes: the bound for decompression.
   */
  bytes: number;
  /**
   * Length of the compressed bytes.
   */
  size: number;
  /**
   * How many parameters hold it.
   */
  chunks: number;
}
/**
 * The part that maps every component of an environment to the part it must enforce.
 *
 */
export interface BundleIndex {
  schemaVersion: 1;
  environment: Id;
  /**
   * Component to part.
   */
  components: {
    [k: string]: PartReference;
  };
}
export interface Subnet {
  /**
   * One of the environment's zones; in a `network` that is there already, one of its region.
   */
  zone: string;
  cidr?: Ipv4Prefix;
  /**
   * A subnet that is there already, of the connector's `network`.
   */
  id?: string;
}
/**
 * How large it is (with fargate only).
 *
 */
export interface Size {
  /**
   * Fargate CPU units; 1024 is one virtual CPU.
   */
  cpu: 256 | 512 | 1024 | 2048 | 4096;
  /**
   * MiB.
   */
  memory: number;
  /**
   * How many tasks run at once.
   */
  instances: number;
}
/**
 * A service and where it leads.
 *
 */
export interface Registration {
  service: Id;
  backend: Backend;
  /**
   * Whether each TCP connection to the backend begins with a PROXY protocol header that says who the client is; false when omitted.
   */
  proxyProtocol?: boolean;
}
/**
 * An app connector and the services it registers: environments/<env>/connectors/<id>.yaml.
 *
 */
export interface Connector {
  id: Id;
  description: Description;
  owner: Id;
  /**
   * fargate: Terraform runs it in its own subnets; external: another team or company does, in Kubernetes or on premises.
   */
  runs: 'fargate' | 'external';
  network?: Id;
  /**
   * Where its tasks run, beside its backends (with fargate only): subnets that are made for it, or with `network` those that are there.
   *
   * @minItems 1
   */
  subnets?: Subnet[];
  size?: Size;
  /**
   * The services this connector serves. A service exists in an environment only where a connector registers it.
   */
  services: Registration[];
}
/**
 * Seconds, by nearest rank; all 0 where nothing was changed.
 *
 */
export interface Latency {
  p50: number;
  p99: number;
  most: number;
}
/**
 * What a delivery came to, as it was in force everywhere: kept in the log beside the entries, by their sequence.
 *
 */
export interface DeliveryRecord {
  schemaVersion: 1;
  environment: Id;
  epoch: number;
  /**
   * The entry that brought the last of it.
   */
  sequence: number;
  entry: Digest;
  commit: string;
  /**
   * revocation: it only took access away.
   */
  kind: 'change' | 'revocation';
  mergedAt?: Instant;
  issuedAt: Instant;
  enforcedAt: Instant;
  /**
   * How many live instances it changed.
   */
  instances: number;
  seconds: Latency;
  /**
   * Since when each instance enforces what the entry wants of it, the latest ones where not all have room.
   */
  where: {
    [k: string]: Instant;
  };
}
export interface EnvironmentDifference {
  environment: Id;
  /**
   * Whether it is production, as of the newer side that has it.
   */
  production?: boolean;
  gains: AccessChange[];
  losses: AccessChange[];
  /**
   * What would be lost if policies with `observe` denied; absent where that is nothing, or as before.
   */
  observed?: AccessChange[];
  destinations: DestinationChange[];
  /**
   * What is newly refused at once whatever policies say, and what is accepted again.
   */
  revocations: RevocationChange[];
  /**
   * Principals on either side.
   */
  principals: number;
  /**
   * Services on either side.
   */
  services: number;
}
export interface AccessChange {
  /**
   * Sorted.
   */
  principals: Principal[];
  machines?: Machines;
  /**
   * Whether anyone else, a principal that no group lists, changes too.
   */
  anyoneElse: boolean;
  /**
   * Clients without certificate change; absent where they do not.
   */
  withoutCertificate?: true;
  /**
   * What they gain or lose; none where it is the connection alone.
   */
  services: ServicePorts[];
  /**
   * The change holds where any of these does.
   */
  conditions: Conditions[];
  from: Instant;
  until?: Instant;
  causes: Cause[];
  group?: Id;
}
export interface ServicePorts {
  service: Id;
  protocol: Protocol;
  ports: Intervals;
}
/**
 * Instants, sources and device values, all of which must hold; without any of them it is always.
 *
 */
export interface Conditions {
  /**
   * All of it in words; empty is always.
   */
  text: string;
  time?: TimeCondition;
  /**
   * Source prefixes, or `unknown`.
   *
   * @minItems 1
   */
  sources?: string[];
  /**
   * Values per attribute, `unknown` among them where it applies.
   */
  device?: {
    /**
     * @minItems 1
     */
    [k: string]: string[];
  };
}
export interface TimeCondition {
  /**
   * In words.
   */
  text: string;
  /**
   * The first intervals, begin included and end excluded; one without end has its begin alone.
   */
  intervals: Instant[][];
  /**
   * How many intervals there are; absent where they go on for ever, or for more than 40 years.
   */
  count?: number;
}
export interface Cause {
  file: string;
  line: number;
  /**
   * On which side the line is.
   */
  side: 'before' | 'after';
}
export interface DestinationChange {
  service: Id;
  /**
   * @minItems 1
   */
  changes: {
    field: 'backend' | 'protocol' | 'virtualIp' | 'connector';
    before: string;
    after: string;
  }[];
  /**
   * Everyone who can reach the service after the change.
   */
  principals: Principal[];
  machines?: Machines;
  anyoneElse: boolean;
  /**
   * Clients without certificate reach it too; absent where they do not.
   */
  withoutCertificate?: true;
  causes: Cause[];
}
export interface RevocationChange {
  /**
   * What is refused or accepted.
   */
  kind: 'certificate' | 'principal' | 'ca';
  /**
   * The fingerprint of a certificate, a principal in lower case, or the id of a client CA.
   */
  subject: string;
  /**
   * Refused from now on, or accepted again.
   */
  effect: 'revoked' | 'accepted';
  /**
   * Why it is or was refused.
   */
  reason: string;
  /**
   * Of a client CA: everyone who reaches something, whose certificate may be of it.
   */
  principals?: Principal[];
  machines?: Machines;
  /**
   * Of a client CA: whether anyone else reaches something.
   */
  anyoneElse?: boolean;
  causes: Cause[];
}
/**
 * The output of `render-diff --json`: exactly what changes in access and destinations between two repositories.
 *
 */
export interface Difference {
  /**
   * The revision compared with.
   */
  before: string;
  /**
   * The revision, or the working tree.
   */
  after: string;
  at: Instant;
  horizon?: Instant;
  environments: EnvironmentDifference[];
}
/**
 * Where the pages of a large index are, so that a component finds its own part without reading all of it. It is the payload of a DSSE envelope, signed as an entry is, under `part/index/<part digest of the index>/directory`; whoever does not know it, or does not find it, reads the whole index.
 *
 */
export interface Directory {
  schemaVersion: 1;
  environment: Id;
  account: string;
  region: string;
  epoch: number;
  index: Digest;
  /**
   * How many components the index has.
   */
  components: number;
  pages: PartReference;
}
export interface DeploymentNeed {
  what: string;
  /**
   * A file, a name in AWS, a setting of GitHub.
   */
  where: string;
  problem: string;
  remedy: string;
  /**
   * Whether `--execute` does it.
   */
  executable: boolean;
}
/**
 * The output of `doctor --json`: what the first deployment of an environment still needs, and what was done about it.
 *
 */
export interface Doctor {
  environment: Id;
  /**
   * What was done, a sentence each.
   */
  done: string[];
  needs: DeploymentNeed[];
}
export interface EnvironmentDrift {
  environment: Id;
  /**
   * Empty where everything agrees.
   */
  drifts: DriftItem[];
}
export interface DriftItem {
  /**
   * git-store: git says something else than the newest entry; store-ack: a component does not enforce the newest entry; log: the log itself needs a person.
   */
  kind: 'git-store' | 'store-ack' | 'log';
  /**
   * The component, or the log, that it is about.
   */
  subject: string;
  message: string;
  remedy: string;
}
/**
 * The output of `drift --json`: where git, the store and what components say do not agree.
 *
 */
export interface Drift {
  environments: EnvironmentDrift[];
}
export interface DrillStep {
  /**
   * happens: what goes wrong; command, change, deed: a line of the runbook.
   */
  kind: 'happens' | 'command' | 'change' | 'deed';
  says: string;
  /**
   * How long it took, until components had it in force where it brings something.
   */
  milliseconds: number;
}
/**
 * The output of `drill --json`: what was done of the runbook on a copy of the company, and how access was meanwhile.
 *
 */
export interface DrillReport {
  drill: 'store-lost' | 'key-lost' | 'ca-compromised' | 'github-away';
  environment: Id;
  /**
   * The heading in docs/operations.md.
   */
  section: string;
  steps: DrillStep[];
  /**
   * Milliseconds, by the enforcement files that components read.
   */
  access: {
    /**
     * For how long every component enforced what was wanted.
     */
    rightMs: number;
    /**
     * For how long one of them still enforced what was wanted before.
     */
    lateMs: number;
    /**
     * For how long one of them let nobody through.
     */
    deniedMs: number;
  };
}
export interface IntermediateRules {
  virtualNetwork: Ipv4Prefix;
  services: ModelService[];
  /**
   * A principal has the grants of the class that names it; a principal that no class names has those of the first, which is anyone else.
   *
   * @minItems 1
   */
  classes: PrincipalClass[];
  withoutCertificate?: WithoutCertificate;
  /**
   * Client certificates with these SHA-256 fingerprints are refused, and their connections cut.
   */
  revoked: Digest[];
  clientCas?: CaDigests;
  revokedPrincipals?: RevokedPrincipals;
  /**
   * What each connector may serve; nobody serves anything when omitted.
   */
  connectors?: ServingConnector[];
}
export interface ModelService {
  id: Id;
  protocol: Protocol;
  ports: Intervals;
  virtualIp: Ipv4;
  owner?: Id;
}
export interface PrincipalClass {
  /**
   * In lower case.
   */
  principals: Principal[];
  /**
   * Services for which some policy could ever allow these principals: registration is accepted for them.
   */
  reaches: Id[];
  /**
   * A datagram is allowed when any grant matches in full.
   */
  grants: Grant[];
  /**
   * What would be granted if policies that are only observed denied; absent where that is the same. The component logs a datagram that `grants` allow and these do not, and lets it pass.
   */
  observed?: Grant[];
  opensAt?: Openings;
}
/**
 * ICMP echo to the service is allowed where any port of it is.
 *
 */
export interface Grant {
  service: Id;
  ports: Intervals;
  /**
   * The source address is known and in one of these; any, even unknown, when omitted. IPv4 addresses mapped into IPv6 are IPv4.
   *
   * @minItems 1
   */
  sources?: Prefix[];
  /**
   * Each attribute named is known and has one of the values.
   */
  device?: {
    /**
     * @minItems 1
     */
    [k: string]: string[];
  };
  notBefore: Instant;
  notAfter: Instant;
}
/**
 * By service, when its next grant begins, also beyond the lease.
 *
 */
export interface Openings {
  [k: string]: Instant;
}
/**
 * What clients without certificate may do; they are refused when omitted.
 *
 */
export interface WithoutCertificate {
  /**
   * Services for which some policy could ever allow them.
   */
  reaches: Id[];
  grants: Grant[];
  /**
   * As in a class.
   */
  observed?: Grant[];
  opensAt?: Openings;
}
/**
 * A connector and the services that it may serve: whoever else offers them is refused.
 *
 */
export interface ServingConnector {
  id: Id;
  /**
   * Ids of the services that it registers, sorted.
   */
  services: Id[];
}
export interface ConnectorRules {
  services: ConnectorService[];
  intermediates: IntermediateAddress[];
}
export interface ConnectorService {
  id: Id;
  protocol: Protocol;
  ports: Intervals;
  virtualIp: Ipv4;
  backend: Backend;
  /**
   * Whether each TCP connection to the backend begins with a PROXY protocol header; false when omitted.
   */
  proxyProtocol?: boolean;
}
export interface IntermediateAddress {
  id: Id;
  address: string;
  port: Port;
}
/**
 * What one component must enforce now, written by its policy agent. The whole contract with a data plane: a program that enforces this file as described enforces the policies. No file, or a file past its lease, means deny.
 *
 */
export interface Enforcement {
  schemaVersion: 1;
  environment: Id;
  component: Component;
  epoch: number;
  sequence: number;
  notBefore: Instant;
  notAfter: Instant;
  intermediate?: IntermediateRules;
  connector?: ConnectorRules;
}
/**
 * A change that publishing must not bring back until its revert merges or a person releases the hold.
 *
 */
export interface Hold {
  /**
   * The sequence whose change must not come back.
   */
  undone: number;
  /**
   * The sequence whose state was restored.
   */
  kept: number;
  /**
   * The epoch of both sequences; absent where it is the entry's own.
   */
  epoch?: number;
  part?: Digest;
  reason: string;
  since: Instant;
}
/**
 * One signed record of an environment's log: the whole state wanted at that point. It is the payload of a DSSE envelope.
 *
 */
export interface Entry {
  schemaVersion: 1;
  environment: Id;
  account: string;
  region: string;
  epoch: number;
  sequence: number;
  /**
   * Digest of the payload of the entry before; null for the first of an epoch.
   */
  previous: Digest | null;
  issuedAt: Instant;
  expiresAt: Instant;
  /**
   * The git commit it was built from; `-dirty` only ever in the embedded store.
   */
  commit: string;
  /**
   * Why it was published.
   */
  reason: string;
  /**
   * In a step of a delivery that only some components get: the sequence that all had before, to which a refusal returns. Absent otherwise.
   */
  base?: number;
  /**
   * @maxItems 8
   */
  holds: Hold[];
  index: PartReference;
}
/**
 * A DSSE envelope around an entry, as it is in the log, or around the directory of a large index.
 *
 */
export interface Envelope {
  /**
   * The canonical bytes of what is signed, base64.
   */
  payload: string;
  payloadType: 'application/vnd.ztna.entry+json' | 'application/vnd.ztna.directory+json';
  /**
   * @minItems 1
   * @maxItems 4
   */
  signatures: {
    /**
     * A hint for people; it decides nothing.
     */
    keyid?: string;
    /**
     * The signature over DSSE's pre-authentication encoding, base64.
     */
    sig: string;
  }[];
}
/**
 * Addresses of the environment.
 *
 */
export interface Network {
  cidr: Ipv4Prefix;
  /**
   * Whether the intermediates have IPv6 addresses; false when omitted.
   */
  ipv6?: boolean;
  /**
   * How private subnets reach AWS: endpoints, which lead to AWS alone, or nat, which leads to the internet; endpoints when omitted.
   */
  egress?: 'endpoints' | 'nat';
  /**
   * Availability zones and their subnets.
   *
   * @minItems 1
   */
  zones: Zone[];
  virtualNetwork: Ipv4Prefix;
  /**
   * Other networks that connectors reach from here, by a peering or a transit gateway that is there already; none when omitted.
   */
  routes?: Route[];
  /**
   * VPCs that are there already, in which connectors may run beside their backends; none when omitted.
   */
  existing?: ExistingNetwork[];
}
export interface Zone {
  /**
   * The availability zone, such as eu-central-1a.
   */
  id: string;
  public: Ipv4Prefix;
  private: Ipv4Prefix;
}
export interface Route {
  to: Ipv4Prefix;
  /**
   * The VPC peering connection (pcx-...) or the transit gateway (tgw-...) that leads there.
   */
  via: string;
}
export interface ExistingNetwork {
  id: Id;
  /**
   * The VPC, in the environment's account and region.
   */
  vpc: string;
  /**
   * The addresses of backends there, and of what they reach from there.
   *
   * @minItems 1
   */
  cidrs: Ipv4Prefix[];
}
export interface ClientCa {
  id: Id;
  /**
   * The CA certificate in PEM.
   */
  certificate: string;
}
export interface Intermediate {
  id: Id;
  /**
   * The DNS name under which agents and connectors find it.
   */
  address: string;
  port?: Port;
  /**
   * The EC2 instance type, such as t4g.small.
   */
  instanceType: string;
  /**
   * One of the environment's zones.
   */
  zone: string;
}
export interface Image {
  /**
   * The ECR repository.
   */
  repository: string;
  /**
   * The image's digest; a tag can move, a digest cannot.
   */
  digest: string;
}
export interface ComponentImage {
  /**
   * The ECR repository.
   */
  repository: string;
  /**
   * The image's digest; a tag can move, a digest cannot.
   */
  digest: string;
  /**
   * Another digest for one component, as `intermediate/one`, or for the components that a ring names, by the ring's id; a component's own goes before its ring's.
   */
  digests?: {
    [k: string]: string;
  };
}
/**
 * The container image of each component.
 *
 */
export interface Images {
  'intermediate-server': ComponentImage;
  'app-connector': ComponentImage;
  'policy-agent': ComponentImage;
  'admin-panel': Image;
  'test-backend': Image;
  heartbeat?: Image;
}
/**
 * The admin panel; none is deployed when omitted.
 *
 */
export interface AdminPanel {
  /**
   * The DNS name of the panel.
   */
  domain: string;
  viewers?: GroupIds;
  proposers?: GroupIds;
  logReaders?: GroupIds;
  /**
   * Who may look: sign-in by OpenID Connect at the load balancer.
   */
  signIn: {
    /**
     * The OpenID Connect issuer.
     */
    issuer: string;
    /**
     * The client registered there; its secret lives in Secrets Manager, never here.
     */
    clientId: string;
  };
}
/**
 * How bundles are signed, delivered and kept in force.
 *
 */
export interface BundleSettings {
  /**
   * How often a policy agent asks the store for the next entry.
   */
  pollSeconds: number;
  /**
   * How long an enforcement file holds before it must be renewed; access ends with it.
   */
  leaseSeconds: number;
  /**
   * After this an entry is stale; the scheduled heartbeat renews it well before.
   */
  entryLifetimeHours: number;
  onStale: OnStale;
  /**
   * Public keys of which any one may sign an entry.
   *
   * @minItems 1
   * @maxItems 8
   */
  trustedKeys: TrustedKey[];
  storeRates?: StoreRates;
}
/**
 * What a policy agent does with an entry past its expiry.
 *
 */
export interface OnStale {
  /**
   * keep: a stale entry is enforced until a newer one arrives; deny: only for `afterHours` longer.
   */
  action: 'keep' | 'deny';
  /**
   * With deny: hours after the entry's expiry at which access ends.
   */
  afterHours?: number;
}
export interface TrustedKey {
  id: Id;
  /**
   * The signature algorithm.
   */
  algorithm: 'ed25519' | 'ecdsa-p256';
  /**
   * The public key: SubjectPublicKeyInfo, DER, base64.
   */
  publicKey: string;
}
/**
 * What this environment may use of the calls that Parameter Store allows the account and region; 40 reads and 3 writes, an account's default, when omitted. Policy agents of an earlier release do not know it: set it once all are upgraded.
 *
 */
export interface StoreRates {
  /**
   * GetParameters a second; with them GetParametersByPath, unless `lists` says its own.
   */
  reads: number;
  /**
   * GetParametersByPath a second, where that is counted apart.
   */
  lists?: number;
  /**
   * PutParameter a second, and DeleteParameters apart from it.
   */
  writes: number;
}
export interface Ring {
  id: Id;
  /**
   * The components of this ring.
   *
   * @minItems 1
   */
  components?: Component[];
  /**
   * Instead of naming them: this share of the components that no earlier ring has.
   */
  share?: number;
  /**
   * How long this ring must enforce the entry without complaint before the next ring gets it.
   */
  bakeSeconds: number;
}
/**
 * One deployment: environments/<env>/environment.yaml.
 *
 */
export interface Environment {
  id: Id;
  description: Description;
  /**
   * The AWS region.
   */
  region: string;
  /**
   * The AWS account, quoted: it is a name of twelve digits, not a number.
   */
  account: string;
  /**
   * Raised by one to begin a new log after the store was lost.
   */
  epoch: number;
  /**
   * Environments that are delivered before this one; none when omitted.
   */
  after?: Id[];
  /**
   * Whether the company's work depends on it; true when omitted. Of environments that could be delivered first, one that is not production is.
   */
  production?: boolean;
  network: Network;
  /**
   * The certificate authorities whose client certificates are accepted.
   *
   * @minItems 1
   */
  clientCas: ClientCa[];
  /**
   * The certificate authorities by which connectors know an intermediate; those of the connector's system when omitted.
   *
   * @minItems 1
   */
  serverCas?: ClientCa[];
  /**
   * Who may connect beside clients with a certificate of `clientCas`.
   */
  clients?: {
    /**
     * Whether clients without certificate may connect; refused when omitted. They reach only what a policy with `who: { withoutCertificate: true }` allows.
     */
    withoutCertificate?: 'allowed' | 'refused';
  };
  /**
   * The intermediate servers.
   *
   * @minItems 1
   */
  intermediates: Intermediate[];
  images: Images;
  adminPanel?: AdminPanel;
  /**
   * Whether the test backend runs here; false when omitted.
   */
  testBackend?: boolean;
  bundle: BundleSettings;
  /**
   * In which order components get a new entry; those in no ring come last, together.
   */
  rings: Ring[];
  /**
   * How long CloudWatch keeps logs; one of the lengths it offers.
   */
  logRetentionDays:
    | 1
    | 3
    | 5
    | 7
    | 14
    | 30
    | 60
    | 90
    | 120
    | 150
    | 180
    | 365
    | 400
    | 545
    | 731
    | 1096
    | 1827
    | 2192
    | 2557
    | 2922
    | 3288
    | 3653;
}
export interface EnvironmentInOrder {
  id: Id;
  /**
   * Environments that are delivered before it.
   */
  after: Id[];
  /**
   * Whether the company's work depends on it.
   */
  production: boolean;
  /**
   * Each wave waits for all of the waves before it; those of one are delivered side by side.
   */
  wave: number;
}
/**
 * The output of `environments --json`: every environment, in the order in which a merge delivers them.
 *
 */
export interface Environments {
  environments: EnvironmentInOrder[];
}
export interface DecidingPolicy {
  id: Id;
  effect: 'allow' | 'deny';
  description: string;
  file: string;
  line: number;
}
/**
 * The output of `explain --json` for one request: the answer, the policies behind it, and what would change it.
 *
 */
export interface Explanation {
  request: Request;
  decision: 'allow' | 'deny';
  reason: Reason;
  /**
   * All matching denies, else all matching allows, sorted by id.
   */
  policies: DecidingPolicy[];
  /**
   * The line of revoked.yaml that refuses the principal, where one does.
   */
  refusedBy?: {
    /**
     * Why, as revoked.yaml says.
     */
    reason: string;
    file: string;
    line: number;
  };
  until?: Instant;
  /**
   * What would change the answer, the least first; each was decided again, and allows.
   */
  changes: string[];
}
/**
 * One question to `explain --requests`: may this principal reach this service now, from here, with this device?
 *
 */
export interface Request {
  principal?: Principal;
  /**
   * In place of a principal: a client without certificate.
   */
  withoutCertificate?: true;
  service: Id;
  environment: Id;
  /**
   * The port, or "icmp" for ICMP echo.
   */
  port: Port | 'icmp';
  at?: Instant;
  from?: Address;
  /**
   * Device attributes; one that is omitted, stated twice (a list) or has a value that is not listed is unknown.
   */
  device?: {
    [k: string]: string | boolean | (string | boolean)[];
  };
}
export interface FindingOutput {
  file: string;
  line: number;
  column: number;
  rule: string;
  severity: 'error' | 'warning';
  /**
   * What is wrong.
   */
  message: string;
  expected?: string;
  found?: string;
  /**
   * What to do.
   */
  remedy?: string;
  /**
   * The edits that do it, all of them; only where one thing can be meant. They do not overlap.
   *
   * @minItems 1
   */
  fix?: FixOutput[];
}
export interface FixOutput {
  file: string;
  start: PositionOutput;
  end: PositionOutput;
  /**
   * What takes its place; empty where it goes.
   */
  text: string;
}
export interface PositionOutput {
  line: number;
  /**
   * Counts from 1 in UTF-16 units.
   */
  column: number;
}
/**
 * The output of `validate --json`.
 *
 */
export interface Findings {
  /**
   * Sorted by file, line, column and rule.
   */
  findings: FindingOutput[];
  errors: number;
  warnings: number;
  /**
   * How many files were read.
   */
  files: number;
  /**
   * How many expectations were tested.
   */
  accessTests: number;
}
/**
 * The output of `fix --json`.
 *
 */
export interface Fixes {
  /**
   * What was put right, in order; places are those of the text as it was when each was found.
   */
  fixed: FindingOutput[];
  /**
   * The files that were changed, or would be with `--dry-run`.
   */
  written: string[];
  /**
   * What is left for a person to decide.
   */
  findings: FindingOutput[];
  errors: number;
  warnings: number;
}
/**
 * A named set of principals and groups: policies/groups/<id>.yaml.
 *
 */
export interface Group {
  id: Id;
  previously?: Id;
  description: Description;
  owner: Id;
  members?: Principals;
  groups?: GroupIds;
  /**
   * Its members, at any depth, are machines: what is said counts them apart from people. It decides nothing.
   */
  machines?: true;
}
export interface GithubRepository {
  /**
   * Its name in the organization.
   */
  name: string;
  id: GithubNumber;
  ownerId: GithubNumber;
  /**
   * Where that GitHub is, such as `https://example.ghe.com`, or a server of your own; `https://github.com` when omitted. It says who issues the tokens with which jobs take roles in AWS and sign images.
   */
  server?: string;
}
/**
 * A GitHub team of the organization.
 *
 */
export interface OwnerTeam {
  id: Id;
  description: Description;
}
/**
 * How much one change may take away.
 *
 */
export interface ChangeLimits {
  principalsLosing: Share;
  principalsLosingOneService: Share;
}
export interface ProtectedServices {
  services?: ServiceIds;
  labels?: Labels;
}
/**
 * What a policy that allows must state.
 *
 */
export interface Requirement {
  description: Description;
  /**
   * The requirement is for policies that allow any of these services.
   */
  what: {
    services?: ServiceIds;
    labels?: Labels;
    /**
     * Every service.
     */
    all?: true;
  };
  /**
   * Whether `when.expires` must be given.
   */
  expires?: boolean;
  /**
   * Whether `ticket` must be given.
   */
  ticket?: boolean;
  /**
   * The most days from `when.start` (which is then required) to `when.expires`.
   */
  longestLifeDays?: number;
}
/**
 * One objection that is passed over, with a reason and an end.
 *
 */
export interface Override {
  /**
   * The guardrail that objects.
   */
  guardrail:
    | 'mass-losses'
    | 'gains'
    | 'protected-services'
    | 'weakened-guardrails'
    | 'weakened-tests'
    | 'approvers'
    | 'ownership'
    | 'last-connectors'
    | 'environments'
    | 'epochs'
    | 'networks'
    | 'renames'
    | 'destinations'
    | 'revocations'
    | 'trust';
  /**
   * What it objects to, as the objection names it, such as `prod/wiki`.
   */
  subject: string;
  reason: Description;
  until: Instant;
}
/**
 * What no change may do without saying so: policies/guardrails.yaml.
 *
 */
export interface Guardrails {
  /**
   * The GitHub organization whose teams own files.
   */
  organization: string;
  repository?: GithubRepository;
  /**
   * The known owners. A file's `owner` is one of them.
   *
   * @minItems 1
   */
  owners: OwnerTeam[];
  outsiders?: Principals;
  limits: ChangeLimits;
  protected?: ProtectedServices;
  /**
   * What a policy that allows must state.
   */
  requirements?: Requirement[];
  owner?: Id;
  /**
   * Teams that own the tools, schemas, workflows, Terraform and images, and what belongs to nobody else; `owner` alone when omitted.
   *
   * @minItems 1
   */
  maintainers?: Id[];
  /**
   * Guardrails that are tried first: what they object to is said and stops nothing, until their name is removed here.
   *
   * Items: A guardrail.
   */
  observe?: (
    | 'mass-losses'
    | 'gains'
    | 'protected-services'
    | 'weakened-guardrails'
    | 'weakened-tests'
    | 'approvers'
    | 'ownership'
    | 'last-connectors'
    | 'environments'
    | 'epochs'
    | 'networks'
    | 'renames'
    | 'destinations'
    | 'revocations'
    | 'trust'
  )[];
  /**
   * Objections of guardrails that a change asks to pass over. A line counts in the change that adds it, and in no later one.
   */
  overrides?: Override[];
}
export interface EnvironmentHistory {
  environment: Id;
  epoch: number;
  entries: HistoryRow[];
}
export interface HistoryRow {
  sequence: number;
  /**
   * Whether a trusted key signed it for this place.
   */
  valid: boolean;
  /**
   * Why it is not valid, or what is odd about it.
   */
  problem?: string;
  /**
   * True for the one that decides.
   */
  newest?: boolean;
  entry?: Digest;
  commit?: string;
  /**
   * Who wrote the commit, where it is in this clone.
   */
  author?: string;
  reason?: string;
  issuedAt?: Instant;
  expiresAt?: Instant;
  content?: Digest;
  holds?: number;
  /**
   * Name of the key that signed it.
   */
  key?: string;
}
/**
 * The output of `history --json`: every entry of each environment's log, newest first.
 *
 */
export interface History {
  environments: EnvironmentHistory[];
}
/**
 * The pages of a large index. Each is a part of the scope `index` with an index of some components: those of which the first 32 bits of the digest of the name, modulo the number of pages, are the page's place.
 *
 */
export interface IndexPages {
  schemaVersion: 1;
  environment: Id;
  /**
   * Where each page is, in order.
   *
   * @minItems 1
   * @maxItems 65536
   */
  pages: PartReference[];
}
/**
 * The output of `access --json`: who can reach what, under which conditions.
 *
 */
export interface Listing {
  at: Instant;
  horizon?: Instant;
  environments: {
    environment: Id;
    /**
     * Whether it is production.
     */
    production?: boolean;
    /**
     * What everybody has, put together as in a difference from nothing.
     */
    access: AccessChange[];
  }[];
}
/**
 * The overview of one environment.
 *
 */
export interface Overview {
  environment: Id;
  description: string;
  asOf: Instant;
  /**
   * Why and since when the store cannot be read: all else is as it was then.
   */
  away?: {
    since: Instant;
    reason: string;
  };
  repository: RepositoryState;
  convergence: Convergence;
  /**
   * Of instances that report figures.
   */
  traffic: InstanceTraffic[];
  /**
   * What each connector leads to.
   */
  serves: ServingComponent[];
  /**
   * Milliseconds from the newest entry’s issue until this panel saw it enforced everywhere; absent where it did not.
   */
  enforcedAfter?: number;
  /**
   * The worst first; empty where all is well.
   */
  attention: Attention[];
}
/**
 * The files that are shown, and whether they are the newest.
 *
 */
export interface RepositoryState {
  /**
   * The commit, with `-dirty` where files differ from it.
   */
  commit: string;
  /**
   * How many files were read.
   */
  files: number;
  /**
   * Errors in the newest files: while there are any, what is shown are the last ones without.
   */
  errors: FindingOutput[];
  /**
   * newest: the newest files; last-valid: the last ones that were read without errors; published: those of the commit in force; none: there are none.
   */
  shown: 'newest' | 'last-valid' | 'published' | 'none';
}
export interface Convergence {
  environment: Id;
  epoch: number;
  /**
   * The newest valid entry, which alone decides; null where nothing was published.
   */
  newest: NewestEntry | null;
  /**
   * Whether every component has live instances, and each of them reports that it enforces the newest entry.
   */
  converged: boolean;
  components: ComponentState[];
  deliveries?: DeliveryFigures;
  /**
   * What else is worth knowing, such as an entry that nobody can verify.
   */
  notes: string[];
}
export interface NewestEntry {
  sequence: number;
  entry: Digest;
  commit: string;
  reason: string;
  issuedAt: Instant;
  expiresAt: Instant;
  expired: boolean;
  /**
   * Name of the key that signed it.
   */
  key: string;
}
export interface ComponentState {
  component: Component;
  state: ConvergenceState;
  instances: InstanceState[];
}
export interface InstanceState {
  instance: string;
  state: ConvergenceState;
  /**
   * The entry it enforces, if any.
   */
  sequence?: number;
  enforcedSince?: Instant;
  /**
   * The entry it refused.
   */
  refused?: number;
  /**
   * The entry it waits for.
   */
  waiting?: number;
  since?: Instant;
  /**
   * Why it refused or waits, or what is wrong.
   */
  reason?: string;
  verifiedBy?: 'component' | 'file-check';
  at: Instant;
  figures?: Figures;
}
export interface DeliveryFigures {
  /**
   * How many records there are.
   */
  deliveries: number;
  since?: Instant;
  merge?: Latency;
  /**
   * How many of them only took access away.
   */
  revocations: number;
  revocation?: Latency;
}
export interface InstanceTraffic {
  component: Component;
  instance: string;
  connections?: number;
  flows?: number;
  /**
   * Between its last two reports.
   */
  datagramsPerSecond?: number;
  /**
   * Between its last two reports.
   */
  bytesPerSecond?: number;
}
export interface ServingComponent {
  component: Component;
  services: {
    service: Id;
    backend: string;
  }[];
}
export interface Attention {
  /**
   * bad: somebody is kept out or may get in; wait: it is late, or held back; old: it ends soon.
   */
  level: 'bad' | 'wait' | 'old';
  /**
   * What it is about.
   */
  subject: string;
  message: string;
  /**
   * What to do about it.
   */
  remedy: string;
  since?: Instant;
  /**
   * The page of the panel that says more.
   */
  page?: string;
}
export interface ServiceRow {
  service: Service;
  /**
   * Path below the repository’s root.
   */
  file: string;
  /**
   * Counts from 1.
   */
  line: number;
  /**
   * Where it leads in this environment.
   */
  registrations: RegistrationRow[];
  /**
   * People and machines that can reach it at some time.
   */
  reachedBy: number;
  /**
   * Whether anyone else can.
   */
  anyoneElse: boolean;
}
/**
 * A private application that is reachable through the tunnel: policies/services/<id>.yaml.
 *
 */
export interface Service {
  id: Id;
  previously?: Id;
  description: Description;
  owner: Id;
  protocol: Protocol;
  ports: Ports;
  virtualIp: Ipv4;
  labels?: Labels;
}
export interface RegistrationRow {
  connector: Id;
  backend: string;
  /**
   * Path below the repository’s root.
   */
  file: string;
  /**
   * Counts from 1.
   */
  line: number;
}
/**
 * Services.
 *
 */
export interface PanelServices {
  environment: Id;
  services: ServiceRow[];
  /**
   * How many there are on all pages.
   */
  total: number;
  /**
   * Where the next page begins: give it as `cursor`.
   */
  next?: string;
}
/**
 * One service: who reaches it, which policies decide, where it leads.
 *
 */
export interface ServiceDetail {
  environment: Id;
  service: ServiceRow;
  access: AccessChange[];
  policies: PolicyRow[];
  /**
   * Access tests that name it.
   */
  tests: TestRow[];
}
export interface PolicyRow {
  policy: Policy;
  /**
   * Path below the repository’s root.
   */
  file: string;
  /**
   * Counts from 1.
   */
  line: number;
  /**
   * People and machines whom it is about.
   */
  principals: number;
  /**
   * Services of this environment that it is about.
   */
  services: Id[];
}
/**
 * One rule that allows or denies principals to reach services under conditions: policies/access/<id>.yaml. A request is allowed when some allow matches and no deny does.
 *
 */
export interface Policy {
  id: Id;
  description: Description;
  owner: Id;
  /**
   * What a match does. A deny always wins over an allow.
   */
  effect: 'allow' | 'deny';
  who: Who;
  what: What;
  when?: When;
  environments?: EnvironmentIds;
  /**
   * For a deny that is to be tried first: it denies nothing, and the difference and the components say whom it would cut off, until this line is removed.
   */
  observe?: true;
  later?: Later;
  /**
   * The ticket in which the access was asked for, such as SEC-123.
   */
  ticket?: string;
}
/**
 * Whom the policy is about: members of the groups at any depth, the principals, all, or clients without certificate; then `except` takes away.
 *
 */
export interface Who {
  groups?: GroupIds;
  principals?: Principals;
  /**
   * Anybody with a valid certificate, also one that no group lists.
   */
  all?: true;
  /**
   * Clients without certificate, where an environment lets them in; `all` does not include them.
   */
  withoutCertificate?: true;
  except?: Selection;
}
/**
 * Principals, by group, by name, or all of them.
 *
 */
export interface Selection {
  groups?: GroupIds;
  principals?: Principals;
  /**
   * Anybody with a valid certificate, also one that no group lists.
   */
  all?: true;
  /**
   * Clients without certificate, where an environment lets them in; `all` does not include them.
   */
  withoutCertificate?: true;
}
/**
 * Which services: those named, those that carry every pair in `labels`, or all. `ports` narrows to those of the service's own ports.
 *
 */
export interface What {
  services?: ServiceIds;
  labels?: Labels;
  /**
   * Every service.
   */
  all?: true;
  ports?: Ports;
}
/**
 * Every condition given must hold. A fact that is unknown satisfies no allow and escapes no deny.
 *
 */
export interface When {
  hours?: Hours;
  /**
   * Source addresses: any of these prefixes matches; an IPv4 address mapped into IPv6 counts as IPv4.
   *
   * @minItems 1
   * @maxItems 256
   */
  from?: Prefix[];
  device?: DeviceCondition;
  start?: Instant;
  expires?: Instant;
}
/**
 * A weekly window in wall-clock time.
 *
 */
export interface Hours {
  timezone: TimeZone;
  /**
   * Days of the week in that zone; every day when omitted. An overnight window belongs to the day it begins.
   *
   * @minItems 1
   */
  days?: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /**
   * Wall-clock time, included, such as "08:00".
   */
  from: string;
  /**
   * Wall-clock time, excluded; before `from` it is on the next day; "24:00" is the end of the day.
   */
  to: string;
}
/**
 * Each attribute named must have one of the values named. Attributes come from the client certificate.
 *
 */
export interface DeviceCondition {
  /**
   * Whether the company manages the device.
   */
  managed?: boolean;
  /**
   * The operating system is one of these.
   *
   * @minItems 1
   */
  os?: ('android' | 'chromeos' | 'ios' | 'linux' | 'macos' | 'windows')[];
  /**
   * Whether the device's disk is encrypted.
   */
  diskEncrypted?: boolean;
}
export interface TestRow {
  id: Id;
  description: string;
  /**
   * Path below the repository’s root.
   */
  file: string;
  /**
   * Counts from 1.
   */
  line: number;
}
/**
 * Policies.
 *
 */
export interface PanelPolicies {
  environment: Id;
  policies: PolicyRow[];
  /**
   * How many there are on all pages.
   */
  total: number;
  /**
   * Where the next page begins: give it as `cursor`.
   */
  next?: string;
}
/**
 * One policy: whom and what it is about.
 *
 */
export interface PolicyDetail {
  environment: Id;
  policy: PolicyRow;
  who: Principal[];
}
export interface GroupRow {
  group: Group;
  /**
   * Path below the repository’s root.
   */
  file: string;
  /**
   * Counts from 1.
   */
  line: number;
  /**
   * Members at any depth.
   */
  members: number;
}
/**
 * Groups.
 *
 */
export interface PanelGroups {
  environment: Id;
  groups: GroupRow[];
  /**
   * How many there are on all pages.
   */
  total: number;
  /**
   * Where the next page begins: give it as `cursor`.
   */
  next?: string;
}
/**
 * One group: who is in it, and what names it.
 *
 */
export interface GroupDetail {
  environment: Id;
  group: GroupRow;
  /**
   * Members at any depth.
   */
  everybody: Principal[];
  /**
   * Groups that contain it.
   */
  partOf: Id[];
  /**
   * Policies that name it.
   */
  policies: PolicyRow[];
}
export interface PrincipalRow {
  principal: Principal;
  /**
   * Groups at any depth.
   */
  groups: Id[];
  /**
   * Services that it can reach at some time.
   */
  services: number;
  revoked?: true;
}
/**
 * People and machines.
 *
 */
export interface PanelPrincipals {
  environment: Id;
  principals: PrincipalRow[];
  /**
   * How many there are on all pages.
   */
  total: number;
  /**
   * Where the next page begins: give it as `cursor`.
   */
  next?: string;
}
/**
 * One person or machine: what it reaches.
 *
 */
export interface PrincipalDetail {
  environment: Id;
  principal: PrincipalRow;
  access: AccessChange[];
  /**
   * Policies that are about it.
   */
  policies: PolicyRow[];
}
/**
 * Who reaches what, a row for each group or principal, a column for each service.
 *
 */
export interface AccessMatrix {
  environment: Id;
  at: Instant;
  /**
   * The facts for which each cell was decided; absent where each says whether at any time, place and device.
   */
  given?: {
    at: Instant;
    from?: Address;
    device?: {
      [k: string]: string | boolean;
    };
  };
  services: Id[];
  /**
   * Services that have no column, as there are too many: ask for one by `service`.
   */
  left: number;
  rows: MatrixRow[];
  /**
   * Rows on all pages.
   */
  total: number;
  /**
   * Where the next page begins: give it as `cursor`.
   */
  next?: string;
}
export interface MatrixRow {
  kind: 'group' | 'principal' | 'anyone-else' | 'without-certificate';
  /**
   * Name of the group or the principal.
   */
  id: string;
  members: number;
  cells: MatrixCell[];
}
/**
 * always: whatever the time, place and device; conditions: under some; denied: a policy denies it; none: no policy allows it. Of a group, what most can be said of a member.
 *
 */
export interface MatrixCell {
  reach: 'always' | 'conditions' | 'denied' | 'none';
  /**
   * How many of the row reach it.
   */
  members: number;
}
/**
 * People and groups, policies and services around one of them.
 *
 */
export interface AccessGraph {
  environment: Id;
  focus: string;
  nodes: {
    id: string;
    kind: 'principal' | 'group' | 'policy' | 'service' | 'anyone-else';
    effect?: 'allow' | 'deny';
  }[];
  edges: {
    from: string;
    to: string;
    kind: 'member' | 'allows' | 'denies';
  }[];
  /**
   * Nodes that are left out, as they are too many.
   */
  left: number;
}
/**
 * One entry of the log, and what it changed.
 *
 */
export interface EntryDetail {
  environment: Id;
  entry: HistoryRow;
  /**
   * The entry before it.
   */
  before?: number;
  difference?: EnvironmentDifference;
  /**
   * Why the difference is not known.
   */
  unknown?: string;
  /**
   * Milliseconds from its issue until this panel saw it enforced everywhere; absent where it did not.
   */
  enforcedAfter?: number;
  /**
   * Who approved it: the reviewers of its pull request as it was merged, and whom the commit’s trailers name; absent where that is not known, or not yet.
   */
  approvedBy?: string[];
  /**
   * The pull request that it came by.
   */
  pull?: {
    number: number;
    url: string;
  };
}
/**
 * What is kept from being published again.
 *
 */
export interface PanelHolds {
  environment: Id;
  holds: HoldRow[];
}
export interface HoldRow {
  hold: Hold;
  /**
   * How commands name it.
   */
  name: string;
  /**
   * The command that releases it, whole.
   */
  command: string;
  difference?: EnvironmentDifference;
}
/**
 * What ends by itself.
 *
 */
export interface Expiring {
  environment: Id;
  expired: EndingRow[];
  /**
   * Within 30 days.
   */
  soon: EndingRow[];
  certificates: {
    component: Component;
    instance: string;
    notAfter: Instant;
  }[];
  entryExpiresAt?: Instant;
}
export interface EndingRow {
  id: Id;
  file: string;
  owner: Id;
  expires: Instant;
}
/**
 * The newest lines of the access logs, or where they are.
 *
 */
export interface AccessLogLines {
  environment: Id;
  lines: AccessLog[];
  /**
   * The page of the log group, where the lines are not on this machine.
   */
  logGroup?: string;
}
/**
 * Who is signed in, and what that allows.
 *
 */
export interface PanelPerson {
  name: string;
  groups: Id[];
  mayPropose: boolean;
  signIn: 'loopback' | 'load-balancer';
}
/**
 * What a proposal would do, worked out before anything is opened.
 *
 */
export interface ProposalPreview {
  /**
   * The branch that it would be on.
   */
  branch: string;
  title: string;
  files: {
    path: string;
    /**
     * Absent where there is none yet.
     */
    before?: string;
    /**
     * Absent where it is to go.
     */
    after?: string;
  }[];
  verdict: PullRequest;
  /**
   * Who must approve it, as the base has it.
   */
  approvers: Approver[];
  /**
   * Why it cannot be opened; absent where it can.
   */
  obstacle?: string;
}
/**
 * The output of `pull-request --json`: everything that is said of a pull request on GitHub.
 *
 */
export interface PullRequest {
  /**
   * The commit compared with.
   */
  base: string;
  /**
   * The commit that would be merged.
   */
  head: string;
  /**
   * One for each that branch protection asks for.
   */
  statuses: CommitStatus[];
  /**
   * Those of rules and of access tests, sorted.
   */
  findings: FindingOutput[];
  /**
   * What guardrails object to.
   */
  objections: ObjectionOutput[];
  /**
   * What they would object to, if the owners who are asked had not approved it.
   */
  approved?: ObjectionOutput[];
  /**
   * What they would object to, if the change did not override it.
   */
  overridden: ObjectionOutput[];
  /**
   * What guardrails that are only observed object to.
   */
  observed: ObjectionOutput[];
  renames: RenameOutput[];
  /**
   * The difference; empty where files have errors.
   */
  environments: EnvironmentDifference[];
  /**
   * What a reader should know of how this came about.
   */
  notes: string[];
}
export interface CommitStatus {
  context: 'policy/check' | 'policy/tests' | 'policy/guardrails' | 'policy/access';
  state: 'success' | 'failure' | 'pending' | 'error';
  description: string;
}
export interface ObjectionOutput {
  file: string;
  line: number;
  column: number;
  /**
   * The guardrail.
   */
  rule: string;
  severity: 'error' | 'warning';
  /**
   * What is wrong.
   */
  message: string;
  expected?: string;
  found?: string;
  /**
   * What to do.
   */
  remedy?: string;
  /**
   * What an override calls it.
   */
  subject: string;
  /**
   * On which side the line is.
   */
  side: 'before' | 'after';
  /**
   * The owner whose approval settles it.
   */
  needs?: string;
  /**
   * Who approved it: logins on GitHub.
   *
   * @minItems 1
   */
  approvedBy?: string[];
}
export interface RenameOutput {
  kind: 'service' | 'group';
  from: Id;
  to: Id;
}
export interface Approver {
  /**
   * A team.
   */
  owner: string;
  because: string[];
}
/**
 * A proposal that was opened.
 *
 */
export interface OpenedProposal {
  branch: string;
  /**
   * On this machine: the commit that the branch is at.
   */
  commit?: string;
  /**
   * The pull request.
   */
  url?: string;
  number?: number;
  action: 'opened' | 'updated' | 'unchanged';
  title: string;
}
/**
 * Proposals that are open.
 *
 */
export interface OpenedProposals {
  proposals: {
    branch: string;
    title: string;
    url?: string;
    by?: string;
  }[];
}
/**
 * What is wrong with a request (RFC 9457).
 *
 */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  /**
   * What to do about it.
   */
  remedy?: string;
  /**
   * More, such as findings.
   */
  lines?: string[];
}
export interface IntermediatePart {
  schemaVersion: 1;
  kind: 'intermediate';
  environment: Id;
  settings: PartSettings;
  virtualNetwork: Ipv4Prefix;
  access: AccessModel;
  /**
   * Fingerprints of refused client certificates, sorted.
   */
  revoked: Digest[];
  clientCas?: CaDigests;
  revokedPrincipals?: RevokedPrincipals;
  /**
   * SHA-256 digests of the client CAs that are revoked, sorted: clientCas has none of them.
   */
  revokedCas?: Digest[];
  /**
   * What each connector may serve, sorted by id.
   */
  connectors?: ServingConnector[];
}
export interface PartSettings {
  leaseSeconds: number;
  pollSeconds: number;
  onStale: OnStale;
  /**
   * Writes a second that the environment may make, over which acks are spread; 3 when absent.
   */
  writesPerSecond?: number;
}
/**
 * The compiled form of an environment's policies: all of decide, explain, difference, never and flatten work on it.
 *
 */
export interface AccessModel {
  environment: Id;
  /**
   * The services that exist in the environment, sorted by id.
   */
  services: ModelService[];
  /**
   * Principals whom all policies treat alike, sorted. The first class is anyone else and names nobody.
   *
   * @minItems 1
   */
  classes: Principal[][];
  /**
   * The class of the principals that are refused whatever policies say; absent where there are none.
   */
  revoked?: number;
  withoutCertificate?: ModelWithoutCertificate;
  /**
   * The policies of the environment that match some principal and some service, sorted by id.
   */
  policies: ModelPolicy[];
}
/**
 * Clients without certificate, an audience of its own that is not anyone else; absent where the environment does not let them in.
 *
 */
export interface ModelWithoutCertificate {
  /**
   * Ids of the services that some policy could ever allow to them, sorted.
   */
  reaches: Id[];
  /**
   * The policies, allowing and denying, that are about them: indexes into policies, ascending.
   */
  grants: number[];
}
export interface ModelPolicy {
  id: Id;
  effect: 'allow' | 'deny';
  /**
   * Whom it is about: indexes into classes, ascending; none where it is about clients without certificate alone.
   */
  classes: number[];
  services: Indexes;
  ports?: Intervals;
  /**
   * It denies nothing, and is only reported.
   */
  observe?: true;
  when: When;
}
export interface ConnectorPart {
  schemaVersion: 1;
  kind: 'connector';
  environment: Id;
  settings: PartSettings;
  connector: Id;
  services: ConnectorService[];
  intermediates: IntermediateAddress[];
}
export interface PastEnvironment {
  environment: Id;
  /**
   * The entry that decided; null where nothing was published by then.
   */
  entry: PastEntry | null;
  /**
   * One for each state that intermediates were to enforce; during a delivery by rings there are several.
   */
  answers: PastAnswer[];
  /**
   * Where what the entry wanted is known to have been in force, and since when.
   */
  enforced: PastInstance[];
}
export interface PastEntry {
  epoch: number;
  sequence: number;
  entry: Digest;
  commit: string;
  reason: string;
  issuedAt: Instant;
  expiresAt: Instant;
  replacedAt?: Instant;
  /**
   * signature: by a key that is trusted now; chain: a later entry that is signed by one names its digest.
   */
  proof: 'signature' | 'chain';
  /**
   * Where what it wanted was read: the store, or the commit, by which the digest in the entry came out again.
   */
  source: 'store' | 'git';
}
export interface PastAnswer {
  /**
   * The intermediates.
   */
  components: string[];
  /**
   * The commit whose files say it; absent where no commit of this clone does.
   */
  commit?: string;
  answer?: Answer;
  explanation?: Explanation;
  /**
   * What everybody had, with `access`.
   */
  access?: AccessChange[];
}
export interface PastInstance {
  instance: string;
  since: Instant;
  /**
   * ack: what the instance says now; record: what it said when the delivery was in force.
   */
  source: 'ack' | 'record';
}
/**
 * The output of `explain --as-of --json` and `access --as-of --json`: what the signed log said at an instant, and since when it was enforced where.
 *
 */
export interface Past {
  at: Instant;
  environments: PastEnvironment[];
}
/**
 * One file as YAML.
 *
 */
export interface ProposedText {
  kind: 'file';
  /**
   * Path below the repository’s root.
   */
  path: string;
  /**
   * The whole file.
   */
  text: string;
  reason?: Description;
}
/**
 * A new service, and where it leads.
 *
 */
export interface ProposedService {
  kind: 'service';
  service: Service;
  registrations: {
    environment: Id;
    connector: Id;
    backend: string;
  }[];
  reason?: Description;
}
/**
 * A new policy.
 *
 */
export interface ProposedPolicy {
  kind: 'policy';
  policy: Policy;
  reason?: Description;
}
/**
 * A principal joins or leaves a group.
 *
 */
export interface ProposedMembership {
  kind: 'join' | 'leave';
  group: Id;
  principal: Principal;
  reason?: Description;
}
/**
 * A service for one person, for a while.
 *
 */
export interface ProposedGrant {
  kind: 'grant';
  principal: Principal;
  service: Id;
  environments: EnvironmentIds;
  /**
   * `90m`, `4h` or `3d`.
   */
  time: string;
  ticket?: string;
  from?: Prefix[];
  device?: DeviceCondition;
  reason?: Description;
}
/**
 * A policy, group or service that is to go.
 *
 */
export interface ProposedRemoval {
  kind: 'remove';
  what: 'policy' | 'group' | 'service';
  id: Id;
  reason?: Description;
}
/**
 * Back to what an earlier entry wanted.
 *
 */
export interface ProposedRevert {
  kind: 'revert';
  environment: Id;
  /**
   * The entry to go back to.
   */
  to: number;
  reason?: Description;
}
export interface PlannedPart {
  scope: string;
  content: Digest;
  part: Digest;
  bytes: number;
  size: number;
  chunks: number;
  /**
   * new: chunks are to be written; stored: all are there already; reused: the newest entry names it.
   */
  state: 'new' | 'stored' | 'reused';
}
/**
 * The output of `publish --json`: what publishing an environment would do, or did.
 *
 */
export interface PublishPlan {
  environment: Id;
  epoch: number;
  /**
   * publish: an entry is appended; unchanged: the newest entry already says this; refused: it must not be published.
   */
  action: 'publish' | 'unchanged' | 'refused';
  /**
   * Whether it was done; false for a plan only.
   */
  executed: boolean;
  /**
   * Why it is refused.
   */
  problem?: string;
  /**
   * What to do about it.
   */
  remedy?: string;
  /**
   * The sequence of the newest valid entry before this.
   */
  newest: number | null;
  /**
   * The sequence of the new entry.
   */
  sequence?: number;
  entry?: Digest;
  commit: string;
  reason?: string;
  parts: PlannedPart[];
  /**
   * Components that must enforce something else than before.
   */
  changed: Component[];
  /**
   * All calls of the work: those that planning it made, and those that carrying it out makes.
   */
  calls: {
    reads: number;
    writes: number;
    /**
     * How long they take at the rates that the environment has.
     */
    seconds: number;
    /**
     * Calls a second; absent where they are an account's default.
     */
    rates?: {
      reads: number;
      writes: number;
    };
  };
  difference?: EnvironmentDifference;
  released?: EnvironmentDifference;
  notes: string[];
}
export interface RevokedCertificate {
  fingerprint: Digest;
  reason: RevocationReason;
  date: Date;
}
export interface RevokedPrincipal {
  principal: Principal;
  reason: RevocationReason;
  date: Date;
}
export interface RevokedCa {
  ca: Id;
  reason: RevocationReason;
  date: Date;
}
/**
 * What is refused at once, whatever policies say: policies/revoked.yaml.
 *
 */
export interface Revoked {
  /**
   * The refused certificates.
   */
  certificates?: RevokedCertificate[];
  /**
   * Principals who are refused with whichever certificate.
   */
  principals?: RevokedPrincipal[];
  /**
   * Client CAs of which no certificate is accepted any more.
   */
  cas?: RevokedCa[];
}
export interface KeyGeneration {
  retry: SharedKey;
  reset: SharedKey;
  connectionId: SharedKey;
  /**
   * When the keys were made, in seconds since 1970; it is their id.
   */
  created: number;
}
/**
 * The secret that all intermediates of an environment share: what one hands out, another recognizes. Rotated by making the current keys the previous ones; at first both are the same.
 *
 */
export interface SharedKeys {
  current: KeyGeneration;
  previous: KeyGeneration;
}
export interface ProbeResult {
  /**
   * Where the expectation is: file and line.
   */
  test: string;
  principal?: Principal;
  service: Id;
  port: Port;
  protocol: 'tcp' | 'udp';
  intermediate: Id;
  expected: 'reached' | 'denied';
  outcome: ProbeOutcome;
  /**
   * What the agent said last, or why nothing was tried.
   */
  says: string;
}
/**
 * The output of `smoke --json`: what became of trying each access test that is marked `probe: true` through real components.
 *
 */
export interface Smoke {
  environment: Id;
  /**
   * `contradicted` where one was; else `unproved` where one was, or none could be tried at all.
   */
  outcome: 'proved' | 'contradicted' | 'unproved';
  probes: ProbeResult[];
}
/**
 * The output of `status --json`: what each environment's log wants, and what its components say they enforce.
 *
 */
export interface Status {
  environments: Convergence[];
}

/** Every device attribute and the values it can have. */
export const DEVICE_ATTRIBUTES: Record<string, readonly string[]> = {
  managed: ['false', 'true'],
  os: ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows'],
  diskEncrypted: ['false', 'true'],
};
