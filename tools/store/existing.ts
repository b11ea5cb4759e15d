/** Which parameters exist, by name alone: what asks may be allowed to see no value. */
import { type Caller, caller } from './caller.ts';
import type { SsmOptions } from './ssm.ts';

/** Names that one call of DescribeParameters takes in a filter (AWS's API reference). */
const NAMES_PER_FILTER = 50;

/**
 * The names of which no parameter exists.
 * @throws StoreFault where it cannot be found out
 */
export async function missingParameters(names: readonly string[], options: SsmOptions): Promise<string[]> {
  const sdk = await import('@aws-sdk/client-ssm');
  const { region, endpoint, credentials } = options;
  const client = new sdk.SSMClient({
    region,
    maxAttempts: 1,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  });
  const call: Caller = caller(options);
  const found = new Set<string>();
  try {
    for (let begin = 0; begin < names.length; begin += NAMES_PER_FILTER) {
      const Values = names.slice(begin, begin + NAMES_PER_FILTER);
      const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values }];
      let NextToken: string | undefined;
      do {
        const input = { ParameterFilters, ...(NextToken && { NextToken }) };
        // It counts among the slow ones, as writes do.
        const page = await call(
          { budget: 'writes', operation: 'DescribeParameters', names: Values },
          (abortSignal) => client.send(new sdk.DescribeParametersCommand(input), { abortSignal }),
        );
        for (const { Name } of page.Parameters ?? []) if (Name) found.add(Name);
        NextToken = page.NextToken;
      } while (NextToken);
    }
  } finally {
    client.destroy();
  }
  return names.filter((name) => !found.has(name));
}
