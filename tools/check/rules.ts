import type { Rule } from './rule.ts';
import { accessTests } from './rules/access-tests.ts';
import { awsNames } from './rules/aws-names.ts';
import { backendForm } from './rules/backend-form.ts';
import { backendLoops } from './rules/backend-loops.ts';
import { backendPlaces } from './rules/backend-places.ts';
import { backendPorts } from './rules/backend-ports.ts';
import { clientCas } from './rules/client-cas.ts';
import { deliveryOrder } from './rules/delivery-order.ts';
import { duplicates } from './rules/duplicates.ts';
import { emptyGroups } from './rules/empty-groups.ts';
import { emptyPolicies } from './rules/empty-policies.ts';
import { existingNetworks } from './rules/existing-networks.ts';
import { expiredPolicies } from './rules/expired-policies.ts';
import { observedAllows } from './rules/observed-allows.ts';
import { fargateSizes } from './rules/fargate-sizes.ts';
import { guardrails } from './rules/guardrails.ts';
import { groupCycles } from './rules/group-cycles.ts';
import { hours } from './rules/hours.ts';
import { idleConnectors } from './rules/idle-connectors.ts';
import { imageDigests } from './rules/image-digests.ts';
import { impossibleHours } from './rules/impossible-hours.ts';
import { instanceTypes } from './rules/instance-types.ts';
import { ipv6Sources } from './rules/ipv6-sources.ts';
import { labels } from './rules/labels.ts';
import { later } from './rules/later.ts';
import { lifelines } from './rules/lifelines.ts';
import { loneHeartbeats } from './rules/lone-heartbeats.ts';
import { lifetimes } from './rules/lifetimes.ts';
import { networkOverlaps } from './rules/network-overlaps.ts';
import { networkSizes } from './rules/network-sizes.ts';
import { overrides } from './rules/overrides.ts';
import { outsiders } from './rules/outsiders.ts';
import { owners } from './rules/owners.ts';
import { panelEgress } from './rules/panel-egress.ts';
import { policyPorts } from './rules/policy-ports.ts';
import { policyPrincipals } from './rules/policy-principals.ts';
import { portRanges } from './rules/port-ranges.ts';
import { principalNames } from './rules/principal-names.ts';
import { principalSpelling } from './rules/principal-spelling.ts';
import { proxyProtocols } from './rules/proxy-protocols.ts';
import { references } from './rules/references.ts';
import { requirements } from './rules/requirements.ts';
import { revokedDates } from './rules/revoked-dates.ts';
import { ringRepeats } from './rules/ring-repeats.ts';
import { rings } from './rules/rings.ts';
import { secrets } from './rules/secrets.ts';
import { shadowedPolicies } from './rules/shadowed-policies.ts';
import { sharedAccounts } from './rules/shared-accounts.ts';
import { sharedBackends } from './rules/shared-backends.ts';
import { subnets } from './rules/subnets.ts';
import { trustedKeys } from './rules/trusted-keys.ts';
import { unnamedClients } from './rules/unnamed-clients.ts';
import { unreachableServices } from './rules/unreachable-services.ts';
import { unservedServices } from './rules/unserved-services.ts';
import { vacuousTests } from './rules/vacuous-tests.ts';
import { virtualIps } from './rules/virtual-ips.ts';
import { zones } from './rules/zones.ts';

/** Every rule, in the order in which they are run. */
export const RULES: readonly Rule[] = [
  references,
  labels,
  later,
  duplicates,
  guardrails,
  owners,
  secrets,
  groupCycles,
  emptyGroups,
  principalNames,
  principalSpelling,
  policyPrincipals,
  outsiders,
  portRanges,
  policyPorts,
  virtualIps,
  unservedServices,
  unreachableServices,
  hours,
  impossibleHours,
  lifetimes,
  expiredPolicies,
  observedAllows,
  emptyPolicies,
  unnamedClients,
  shadowedPolicies,
  requirements,
  ipv6Sources,
  networkOverlaps,
  networkSizes,
  existingNetworks,
  subnets,
  zones,
  sharedAccounts,
  awsNames,
  instanceTypes,
  panelEgress,
  fargateSizes,
  idleConnectors,
  backendForm,
  backendPlaces,
  backendLoops,
  backendPorts,
  lifelines,
  proxyProtocols,
  sharedBackends,
  deliveryOrder,
  rings,
  ringRepeats,
  imageDigests,
  trustedKeys,
  loneHeartbeats,
  clientCas,
  revokedDates,
  overrides,
  vacuousTests,
  accessTests,
];

/** The rules that can be asked of a repository from which files are missing, as they could not be read. */
export const PARTIAL_RULES: readonly Rule[] = RULES.filter(({ whole }) => !whole);
