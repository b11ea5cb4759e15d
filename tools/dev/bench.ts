/**
 * `npm run bench`: how long things take on synthetic companies, beside peers on the same input in the same run.
 * Words after `--` choose: `start-up`, `files 100,1000,10000`, `access`, `delivery`, `panel`, `start` (a save under `npm start`),
 * `relay` (the intermediate server), `tunnel` (the whole way to a backend), `cutover` (that, beside everything on one host);
 * without any, everything but the last four, which need cargo and build for some minutes.
 */
import { cpus } from 'node:os';
import { benchAccess } from './bench/access.ts';
import { benchCutover } from './bench/cutover.ts';
import { benchDelivery } from './bench/delivery.ts';
import { benchPanel } from './bench/panel.ts';
import { print } from './bench/print.ts';
import { end } from './end.ts';
import { benchRelay } from './bench/relay.ts';
import { benchFiles } from './bench/repository.ts';
import { benchStart } from './bench/start.ts';
import { benchStartUp } from './bench/start-up.ts';
import { benchTunnel } from './bench/tunnel.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const [what = 'all', sizes = '100,1000,10000'] = process.argv.slice(2);
const everything = what === 'all';
if (
  !everything &&
  !['start-up', 'files', 'access', 'delivery', 'panel', 'start', 'relay', 'tunnel', 'cutover'].includes(what)
)
  end(
    `bench what? start-up, files, access, delivery, panel, start, relay, tunnel, cutover, or nothing for all but the last four`,
  );

print(
  `# Benchmarks\n\nNode ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}). Seed 1.`,
);
if (everything || what === 'start-up') await benchStartUp();
if (everything || what === 'files') await benchFiles(sizes.split(',').map(Number));
if (everything || what === 'access') await benchAccess();
if (everything || what === 'delivery') await benchDelivery();
if (everything || what === 'panel') await benchPanel();
if (what === 'start') await benchStart();
if (what === 'relay') benchRelay(process.argv.slice(3));
if (what === 'tunnel') benchTunnel(process.argv.slice(3));
if (what === 'cutover') benchCutover(process.argv.slice(3));
