import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Provider } from '../schema.ts';
import { answer } from './data.ts';
import { attributeValue, type Where } from './attributes.ts';
import { replacedBy } from './replacement.ts';
import { blockOf, schemasOf } from './shape.ts';
import { type Json, read, UNKNOWN, UnknownValue, type Values, type Wire, write } from './wire.ts';

/** A provider that has the schema of another and does nothing: what it is asked for, it says it made. */
export interface StandIn {
  /** What tells terraform to use it instead of the real one. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

type Request = Record<string, Wire & { json?: Uint8Array }> & { type_name: string };
type Method = (request: Request) => Record<string, unknown>;

/** Starts the stand-in on a socket at this path, pretending to be in an account and region. */
export async function standIn(provider: Provider, socket: string, where: Where): Promise<StandIn> {
  const file = fileURLToPath(new URL('plugin.proto', import.meta.url));
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true })) as never as {
    tfplugin6: { Provider: { service: never } };
  };
  const server = new Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
  const methods = Object.entries(methodsOf(provider, where)).map(([name, method]) => [name, served(method)]);
  server.addService(loaded.tfplugin6.Provider.service, Object.fromEntries(methods));
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  const address = { Network: 'unix', String: socket };
  const attach = { Protocol: 'grpc', ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: address };
  return {
    environment: { TF_REATTACH_PROVIDERS: JSON.stringify(attached(attach)) },
    close: async () => server.forceShutdown(),
  };
}

/** Terraform and OpenTofu look for the same provider in registries of their own. */
const attached = (attach: object): object => ({
  'registry.terraform.io/hashicorp/aws': attach,
  'registry.opentofu.org/hashicorp/aws': attach,
});

/** A method whose faults are told to Terraform instead of ending the process. */
function served(method: Method) {
  return (call: { request: Request }, done: (error: object | null, answer?: object) => void): void => {
    try {
      done(null, method(call.request));
    } catch (error) {
      done({ code: 13, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
}

function methodsOf(provider: Provider, where: Where): Record<string, Method> {
  const memory = new Map<string, Values[]>();
  const computed = new Map(
    Object.entries(provider.resources).map(([type, kind]) => [
      type,
      blockOf(kind).attributes.filter((one) => one.computed),
    ]),
  );
  return {
    GetProviderSchema: () => schemasOf(provider),
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: () => ({}),
    ValidateDataResourceConfig: () => ({}),
    UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: { json: raw_state!.json } }),
    ConfigureProvider: () => ({}),
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    StopProvider: () => ({}),
    ReadDataSource: ({ type_name, config }) => ({
      state: write(answer(type_name, provider.data[type_name]!, read(config)!, where, memory)),
    }),
    PlanResourceChange: ({ type_name, prior_state, proposed_new_state }) => {
      const [prior, proposed] = [read(prior_state), read(proposed_new_state)];
      if (proposed && !prior)
        for (const { name } of computed.get(type_name)!)
          if (proposed[name] === null) proposed[name] = UNKNOWN;
      const because = prior && proposed ? replacedBy(type_name, prior, proposed) : [];
      const requires_replace = because.map((attribute_name) => ({ steps: [{ attribute_name }] }));
      return { planned_state: write(proposed), requires_replace, legacy_type_system: true };
    },
    ApplyResourceChange: ({ type_name, planned_state }) => {
      const state = filled(type_name, read(planned_state), where);
      if (state) memory.set(type_name, [...(memory.get(type_name) ?? []), state]);
      return { new_state: write(state), legacy_type_system: true };
    },
  };
}

/** A planned state with everything in it that only AWS would have known. */
function filled(type: string, planned: Values | null, where: Where): Values | null {
  if (planned === null) return null;
  const known = Object.fromEntries(
    Object.entries(planned).filter(([, value]) => !(value instanceof UnknownValue)),
  );
  const value = (name: string): Json => {
    if (name === 'tags_all') return { ...(known['tags'] as Values | null) };
    if (name === 'domain_validation_options') return validationOf(known);
    return /^(names|ids|arns|zone_ids|thumbprints)$/.test(name)
      ? [attributeValue(type, 'id', known, where)]
      : attributeValue(type, name, known, where);
  };
  return Object.fromEntries(
    Object.entries(planned).map(([name, one]) => [name, one instanceof UnknownValue ? value(name) : one]),
  );
}

function validationOf({ domain_name }: Values): Json {
  const name = String(domain_name);
  return [
    {
      domain_name: name,
      resource_record_name: `_validate.${name}.`,
      resource_record_type: 'CNAME',
      resource_record_value: '_answer.validations.example.com.',
    },
  ];
}
