import { sentence, type Finding } from '../finding/finding.ts';
import type { ValidateSummary } from '../check/check-load.ts';

/** A rule as people read of it. */
export interface RuleText {
  id: string;
  says: string;
  why: string;
}

/** the root against which paths are read; the program that shows the log knows where it is. */
const ROOT = '%SRCROOT%';

/**
 * The findings in the Static Analysis Results Interchange Format, SARIF 2.1.0 (OASIS), which code scanning reads.
 * @param rules what is known of rules; findings of others name theirs alone
 */
export function findingsSarif({ findings }: ValidateSummary, rules: readonly RuleText[]): object {
  const ids = [...new Set([...rules.map(({ id }) => id), ...findings.map(({ rule }) => rule)])].sort();
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const places = new Map(ids.map((id, index) => [id, index]));
  const driver = { name: 'ztna-gitops', rules: ids.map((id) => ruleOf(id, known.get(id))) };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        // Columns count UTF-16 units, as the YAML parser does.
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, places.get(finding.rule)!)),
      },
    ],
  };
}

function ruleOf(id: string, rule: RuleText | undefined): object {
  if (!rule) return { id };
  return { id, shortDescription: { text: rule.says }, fullDescription: { text: rule.why } };
}

function resultOf(finding: Finding, ruleIndex: number): object {
  const { rule: ruleId, severity: level, file, line: startLine, column: startColumn } = finding;
  const artifactLocation = { uri: encodeURI(file), uriBaseId: ROOT };
  const physicalLocation = { artifactLocation, region: { startLine, startColumn } };
  return {
    ruleId,
    ruleIndex,
    level,
    message: { text: unlinked(sentence(finding)) },
    locations: [{ physicalLocation }],
  };
}

/** Text without a link, `[text](address)`, which viewers show also in plain text (SARIF 2.1.0, 3.11.6). */
function unlinked(text: string): string {
  return text.replaceAll('](', '] (');
}
