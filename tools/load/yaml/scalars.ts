import type { FileFault } from '../file-fault.ts';

type Words = Pick<FileFault, 'rule' | 'message' | 'remedy'>;

/** YAML 1.1's other words for true and false. */
const TRUTHS = /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;

/** Numbers that one reader of YAML sees and another does not, or sees another number in. */
const NUMBERS: readonly RegExp[] = [
  /^[-+]?[0-9][0-9_.]*_[0-9_.]*([eE][-+]?[0-9_]+)?$/, // 1_000: digits in groups
  /^[-+]?0[0-7]+$/, // 0644: octal in YAML 1.1
  /^[-+]?(0x[0-9a-fA-F_]+|0o[0-7_]+)$/, // 0x1f, 0o17: text to Terraform, a number elsewhere
  /^[-+]?0b[01_]+$/, // 0b11: a number to Terraform; 0b29 is text to all, and one fingerprint in 256 begins so
  /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[pP][-+]?[0-9]+$/, // 1p5: a power of two to Terraform
  /^[-+](inf|Inf|INF|infinity|Infinity)$/, // Terraform's number parser knows these
];

/** Minutes of 60 seconds, as in 08:00, are numbers to YAML 1.1. */
const SIXTIES = /^[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?$/;

/** What Terraform takes for a time, and what of that it gives back as it is. */
const TIME = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/;
const STEADY_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[-+](?!00:00)\d\d:\d\d)$/;

/**
 * Why a plain scalar may not be as it is written, or undefined where it may. What Terraform makes of a scalar is
 * `resolveScalar` of zclconf/go-cty-yaml, which its `yamldecode` runs.
 */
export function scalarFault(source: string, value: unknown): Words | undefined {
  const reader = readsDifferently(source);
  if (reader) {
    return {
      rule: 'yaml-ambiguous',
      message: `${reader} the plain ${source} differently`,
      remedy: remedyFor(source),
    };
  }
  if (typeof value !== 'number' || isKept(value)) return undefined;
  return {
    rule: 'yaml-number',
    message: `${source.slice(0, 40)} is not a number that can be kept`,
    remedy: 'write a smaller number, or quote it where it is a name',
  };
}

function remedyFor(source: string): string {
  if (!TRUTHS.test(source)) return `quote it: "${source}"`;
  const truth = /^(y|on)/i.test(source);
  return `write ${truth}, or quote it where it is a text: "${source}"`;
}

function readsDifferently(source: string): string | undefined {
  // Most scalars are words: a letter that begins none of the above ends it here.
  if (/^[^-+.0-9yYnNoO]/.test(source) || source.length > 64) return undefined;
  if (TRUTHS.test(source) || NUMBERS.some((one) => one.test(source))) return 'Terraform reads';
  if (TIME.test(source) && !STEADY_TIME.test(source)) return 'Terraform reads';
  return SIXTIES.test(source) ? 'YAML 1.1 reads' : undefined;
}

/** A whole number beyond 2^53 is rounded; NaN and the infinities are no numbers to count with. */
function isKept(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
