import { parsePrefix } from '../../access/values/address.ts';
import { targetOf } from '../common/backend.ts';
import { registrationsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

export const backendLoops: Rule = {
  id: 'backend-loops',
  says: 'Ensure that no backend is an address inside the tunnel.',
  why: 'Virtual addresses exist for agents only: a connector that is sent to one finds nothing, or goes round in circles.',
  *check(repository) {
    for (const { environment, file, registration, path } of registrationsOf(repository)) {
      const { virtualNetwork } = environment.value.network;
      const { address } = targetOf(registration.backend);
      const network = parsePrefix(virtualNetwork);
      if (address?.family !== 4 || network?.family !== 4) continue;
      if (address.value < network.begin || address.value >= network.end) continue;
      yield finding(backendLoops.id, file, [...path, 'backend'], {
        message: `backend ${registration.backend} is inside the virtual network ${virtualNetwork}`,
        remedy: 'name the address at which the service really runs',
      });
    }
  },
};
