import type { Node } from 'web-tree-sitter';
import { stringOf } from '../hcl/literal.ts';
import { attribute } from '../hcl/module.ts';
import type { HclFault } from '../hcl/parse.ts';
import type { TerraformRule } from './rule.ts';

/** Files that every module has. */
const FILES = ['main.tf', 'variables.tf', 'outputs.tf', 'versions.tf'];

/** Ensure that every module is laid out alike. */
export const filesAreThere: TerraformRule = ({ folder, files }) =>
  FILES.filter((name) => !files.includes(name)).map((name) => ({
    file: `${folder}/${name}`,
    line: 1,
    says: 'this file is missing',
  }));

/** Ensure that every module says which Terraform and which provider it is for, a stack exactly which provider. */
export const versionsArePinned: TerraformRule = (
  { terraform, folder, top, resources, data },
  { provider },
) => {
  const block = terraform.find(({ body }) => attribute(body, 'required_version'));
  if (!block) return [{ file: `${folder}/versions.tf`, line: 1, says: 'required_version is missing' }];
  const at = { file: block.file, line: block.line };
  const uses = top || [...resources, ...data].some(({ labels }) => labels[0]!.startsWith('aws_'));
  const needed = block.body.blocks.find(({ type }) => type === 'required_providers');
  const aws = needed && attribute(needed.body, 'aws');
  if (!uses) return [];
  if (!aws) return [{ ...at, says: `required_providers does not name aws` }];
  return wrongPin(aws, top, provider.version).map((says): HclFault => ({ ...at, line: needed.line, says }));
};

function wrongPin(aws: Node, top: boolean, version: string): string[] {
  const fields = new Map(
    aws
      .descendantsOfType('object_elem')
      .map((one) => [one!.firstNamedChild!.text, stringOf(one!.lastNamedChild!)]),
  );
  const minor = version.split('.').slice(0, 2).join('.').replaceAll('.', '\\.');
  const fits = top
    ? new RegExp(`^(= *)?${version}$`)
    : new RegExp(`^(~>|>=|=)? *${minor}(\\.0)?(, *< *\\d+(\\.\\d+)*)?$`);
  return [
    ...(fields.get('source') === 'hashicorp/aws' ? [] : [`aws must have the source hashicorp/aws`]),
    ...(fits.test(fields.get('version') ?? '')
      ? []
      : [
          `aws must be version ${version}${top ? ' exactly' : ' or from it on'}, found ${fields.get('version')}`,
        ]),
  ];
}
