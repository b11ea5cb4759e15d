import { Fault } from '../../../tools/contract/fault.ts';
import {
  type OpenedProposal,
  type ProposedChange,
  validateProposedChange,
} from '../../../tools/contract/shapes.ts';
import { type RequestContext, viewFor } from '../context.ts';
import { RequestFault } from '../problems.ts';
import { planProposal, type PlannedProposal } from './preview.ts';

/** A value as a change that is asked for. @throws Fault where it is none */
export function readChange(value: unknown): ProposedChange {
  if (validateProposedChange(value)) return value;
  const errors = validateProposedChange.errors ?? [];
  // Of several words about one place the deepest says most.
  const [error] = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const where = error?.instancePath.slice(1).replaceAll('/', '.') || 'the change';
  const { missingProperty, allowedValues } = (error?.params ?? {}) as Record<string, unknown>;
  const wrong =
    missingProperty !== undefined
      ? `${String(missingProperty)} is missing`
      : allowedValues !== undefined
        ? `it is none of ${String(allowedValues)}`
        : 'it has not the form that it must have';
  throw new Fault(`${where}: ${wrong}`, 'what each key may be is in docs/reference.md');
}

/** Works out what a change would do. @throws Fault where it cannot be made */
export async function previewOf(asked: RequestContext, change: ProposedChange): Promise<PlannedProposal> {
  const { panel, who } = asked;
  const base = await panel.bases.now();
  const root = panel.bases.root;
  const viewOfIt = (environment: string) => viewFor(asked, environment);
  return planProposal(base, change, { by: who.by, root, viewIn: viewOfIt }, panel.now());
}

/** A line for the audit. */
function noteFor({ panel, who }: RequestContext, outcome: object): void {
  panel.log({
    ...{ audit: 'proposal', at: new Date(panel.now()).toISOString(), who: who.person.name },
    ...outcome,
  });
}

/** Lets on who may propose; who may not, and tries, leaves a line for the audit. @throws RequestFault */
export function verifyProposer(asked: RequestContext): void {
  const { name, mayPropose } = asked.who.person;
  if (mayPropose) return;
  const refused = `${name} may not propose changes`;
  noteFor(asked, { refused });
  throw new RequestFault(403, refused, 'ask somebody who may');
}

/** Opens a proposal, and leaves a line for the audit whatever becomes of it. @throws Fault where it has findings */
export async function openProposal(asked: RequestContext, change: ProposedChange): Promise<OpenedProposal> {
  const { panel } = asked;
  const audit = (outcome: object): void => noteFor(asked, { kind: change.kind, ...outcome });
  try {
    const { proposal, preview } = await previewOf(asked, change);
    if (preview.obstacle !== undefined)
      throw new Fault(`it is not opened: ${preview.obstacle}`, 'fix them first', {
        lines: preview.verdict.findings.map(
          ({ file, line, rule, message }) => `${file}:${line} ${rule} ${message}`,
        ),
      });
    const opened = await panel.opener.open(proposal);
    audit({ files: [...proposal.files.keys()], ...opened });
    return opened;
  } catch (error) {
    audit({ refused: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
