import { textLine, textLines } from '../contract/terminal-text.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { initialize, issueInto, recordsIn, type Record } from '../certificates/folder.ts';
import { revokedIn, withRevoked } from '../certificates/revoke.ts';
import { verifySubject, type CertificateSubject } from '../certificates/subject.ts';
import { Fault } from '../contract/fault.ts';
import { didYouMean } from '../finding/nearest.ts';
import { command, type Context } from './shared/command.ts';
import { deviceFact } from './shared/device.ts';
import { environmentOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { numberOption } from './shared/values.ts';

/** Where certificates are where nothing else is said; git ignores it. */
const FOLDER = '.local/certs';
const DAYS = 90;
/** A century: a date that is still one, and longer than any authority. */
const MOST_DAYS = 36_500;
/** As schemas/revoked.schema.json has it. */
const LONGEST_REASON = 200;
const REVOKED = 'policies/revoked.yaml';

/** A certificate authority for trials and small companies, and what it issues. */
export const certs = command({
  name: 'certs',
  summary:
    'Make a certificate authority, issue and revoke certificates of clients, connectors and intermediates',
  arguments: [
    { name: '<action>', description: 'init, issue, revoke or list' },
    { name: '[name]', description: 'the principal to issue for; what to revoke, as list names it' },
  ],
  options: [
    { flags: '--dir <folder>', description: 'where the authority is', fallback: FOLDER },
    { flags: '--connector <id>', description: 'issue for a connector' },
    { flags: '--intermediate <id>', description: 'issue for an intermediate of --env' },
    { flags: '--env <id>', description: 'the environment that has the intermediate' },
    { flags: '--device <name=value...>', description: "an attribute of the principal's device", many: true },
    { flags: '--days <number>', description: 'how long it is valid', fallback: String(DAYS) },
    { flags: '--reason <text>', description: 'why it is revoked, for revoked.yaml' },
  ],
  examples: [
    'npx ztna certs init',
    'npx ztna certs issue alice@example.com --device managed=true --device os=macos',
    'npx ztna certs issue --intermediate one --env dev',
    'npx ztna certs revoke alice@example.com --reason "Laptop stolen on a train"',
  ],
  async run({ arguments: [action, name], options }, context) {
    const folder = options.dir === undefined ? join(context.root, FOLDER) : resolve(options.dir);
    if (action === 'init') context.out(textLine(`${await initialize(folder, context.now())}`));
    else if (action === 'issue')
      await issue(folder, await subjectOf(name, options, context), options, context);
    else if (action === 'revoke') revoke(folder, name, options.reason, context);
    else if (action === 'list') list(folder, context);
    else throw new Fault(`there is no action ${action}`, 'use init, issue, revoke or list');
    return 0;
  },
});

/** Of the options, those that say for whom a certificate is. */
interface Asked {
  readonly connector?: string | undefined;
  readonly intermediate?: string | undefined;
  readonly env?: string | undefined;
  readonly device?: readonly string[] | undefined;
}

async function subjectOf(
  principal: string | undefined,
  { connector, intermediate, env, device = [] }: Asked,
  context: Context,
): Promise<CertificateSubject> {
  const named = [principal, connector, intermediate].filter((one) => one !== undefined);
  if (named.length !== 1)
    throw new Fault(
      'for whom?',
      'name one: a principal, --connector <id>, or --intermediate <id> --env <id>',
    );
  if (principal === undefined && device.length > 0)
    throw new Fault('only a principal has a device', 'leave --device out');
  if (principal !== undefined) return { kind: 'principal', principal, device: factsOf(device) };
  if (connector !== undefined) return { kind: 'connector', id: connector };
  return intermediateOf(intermediate!, env, context);
}

/** Device attributes; one that is stated twice would be unknown to the reader of the certificate. */
function factsOf(pairs: readonly string[]): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [name, value] of pairs.map(deviceFact)) {
    if (facts.has(name)) throw new Fault(`${name} is stated twice`, 'state it once');
    facts.set(name, value);
  }
  return facts;
}

async function intermediateOf(
  id: string,
  env: string | undefined,
  context: Context,
): Promise<CertificateSubject> {
  const { intermediates } = environmentOf(await loadEnvironments(context), env).value;
  const found = intermediates.find((one) => one.id === id);
  if (found) return { kind: 'intermediate', id, address: found.address };
  const known = intermediates.map((one) => one.id);
  const remedy = didYouMean(id, known, `use one of: ${known.join(', ')}`);
  throw new Fault(`${env} has no intermediate ${id}`, remedy);
}

async function issue(
  folder: string,
  subject: CertificateSubject,
  options: { days?: string | undefined },
  { now, out }: Context,
): Promise<void> {
  verifySubject(subject);
  const { name, notAfter } = await issueInto(
    folder,
    subject,
    now(),
    Math.min(numberOption(options.days, DAYS, '--days'), MOST_DAYS),
  );
  const files = [`${name}.pem`, `${name}-key.pem`, `${name}-tls.pem`].map((file) => join(folder, file));
  out(textLines([...files, `valid until ${notAfter}`]));
}

/** Names every certificate of a name that is still valid in revoked.yaml: one that was replaced is in use perhaps. */
function revoke(
  folder: string,
  name: string | undefined,
  reason = 'Revoked with ztna certs',
  { root, now, out, err }: Context,
): void {
  if (name === undefined) throw new Fault('revoke what?', 'name one that npx ztna certs list names');
  if (reason.length === 0 || reason.length > LONGEST_REASON)
    throw new Fault('this is no reason', `say why in at most ${LONGEST_REASON} characters`);
  const records = recordsIn(folder);
  const own = records.filter((record) => record.name === name.toLowerCase());
  if (own.length === 0)
    throw new Fault(
      `nothing was issued to ${name} in ${folder}`,
      didYouMean(name, new Set(records.map((record) => record.name)), 'see: npx ztna certs list'),
    );
  const valid = own.filter((record) => !isOver(record, now()));
  const file = join(root, REVOKED);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const known = revokedIn(text);
  const fresh = valid.filter(({ fingerprint }) => !known.has(fingerprint));
  const date = now().toISOString().slice(0, 10);
  if (fresh.length > 0)
    writeFileSync(
      file,
      withRevoked(
        text,
        fresh.map(({ fingerprint }) => ({ fingerprint, reason, date })),
      ),
    );
  for (const { fingerprint } of fresh) out(textLine(`${fingerprint}`));
  err(
    textLine(
      fresh.length > 0
        ? `added to ${REVOKED}: it holds once that is merged, before anything else`
        : `nothing to do: every certificate of ${name} is revoked or has expired`,
    ),
  );
}

function list(folder: string, { root, now, out }: Context): void {
  const file = join(root, REVOKED);
  const revoked = revokedIn(existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  for (const record of recordsIn(folder)) {
    const { name, fingerprint, notAfter } = record;
    const state = revoked.has(fingerprint) ? 'revoked' : isOver(record, now()) ? 'expired' : 'valid';
    out(textLine(`${name}  ${state}, until ${notAfter}  ${fingerprint}`));
  }
}

function isOver({ notAfter }: Record, now: Date): boolean {
  return Date.parse(notAfter) <= now.getTime();
}
