/** Who makes a request. */
export interface AwsPrincipal {
  kind: 'AWS' | 'Service' | 'Federated';
  /** An ARN, or the name of a service. */
  id: string;
  account: string;
}

/** One request to AWS. */
export interface AwsRequest {
  principal: AwsPrincipal;
  /** Such as `ssm:PutParameter`. */
  action: string;
  resource: string;
  /** Condition keys that AWS would know of this request; a list is a key of many values. */
  context?: Readonly<Record<string, string | readonly string[]>>;
}

type Many<T> = T | readonly T[];
type Who = '*' | Readonly<Record<string, Many<string>>>;

/** A condition: values by key, by operator. */
export type IamConditions = Readonly<
  Record<string, Readonly<Record<string, Many<string | boolean | number>>>>
>;

/** One statement of a document, as AWS writes it. */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: Who;
  NotPrincipal?: Who;
  Action?: Many<string>;
  NotAction?: Many<string>;
  Resource?: Many<string>;
  NotResource?: Many<string>;
  Condition?: IamConditions;
}

/** An IAM document. */
export interface Document {
  Version?: string;
  Statement: Many<Statement>;
}

/** One or many, as many. */
export const many = <T>(value: Many<T> | undefined): readonly T[] =>
  value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as readonly T[]);
