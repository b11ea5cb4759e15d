/** The admin panel as it runs on one machine, for a benchmark: `<root>` is the company's folder. Its address is said first. */
import { join } from 'node:path';
import { startPanel } from '../../../images/admin-panel/panel.ts';
import { loopbackSignIn } from '../../../images/admin-panel/security/sign-in.ts';
import { workingTreeFiles } from '../../../images/admin-panel/state/files.ts';

/** Nobody is turned away. */
const LOOKS = { burst: 1_000_000, perSecond: 1_000_000 };

const root = process.argv[2]!;
void startPanel({
  ...{ host: '127.0.0.1', port: 0, revision: 'HEAD', storeKind: 'embedded', pollMs: 1000, looks: LOOKS },
  state: join(root, '.ztna'),
  files: workingTreeFiles(root, Date.now),
  signIn: loopbackSignIn({ name: 'Rosa', email: 'rosa@example.com' }),
  accessLogs: { files: () => [] },
  log: (line) => process.stderr.write(`${JSON.stringify(line)}\n`),
}).then(({ url }) => process.stdout.write(`${url}\n`));
