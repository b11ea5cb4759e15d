/** Types and validators of every file, part, entry and output, as `schemas/` has them. */
export * from './generated/types.ts';
export * from './generated/validators.ts';
