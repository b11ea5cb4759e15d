import type { TypedRequest } from '../decide.ts';
import { attributeMaskOf, deviceFacts } from '../values/device.ts';
import type { Advice, FactStep } from './steps.ts';

/** The request of a person who follows advice. @param which 0 for the first of the values that help, -1 for the last */
export function followed(
  request: TypedRequest,
  { facts }: Pick<Advice, 'facts'>,
  which: number,
): TypedRequest {
  return facts.reduce((before, fact) => ({ ...before, ...otherwise(before, fact, which) }), request);
}

function otherwise(request: TypedRequest, fact: FactStep, which: number): Partial<TypedRequest> {
  if (fact.step === 'wait') return { at: fact.until };
  if (fact.step === 'port') return { port: which === 0 ? fact.ports[0]! : fact.ports.at(-1)! - 1 };
  if (fact.step === 'device') {
    const rest = request.device & ~attributeMaskOf(fact.attribute);
    return { device: rest | deviceFacts({ [fact.attribute]: fact.values.at(which)! }) };
  }
  const { v4, v6 } = fact.sources;
  if (v4.length > 0 && (which === 0 || v6.length === 0))
    return { source: { family: 4, value: which === 0 ? v4[0]! : v4.at(-1)! - 1 } };
  return { source: { family: 6, value: which === 0 ? v6[0]! : v6.at(-1)! - 1n } };
}
