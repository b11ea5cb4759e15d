import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureIn } from './buildah.ts';

/** A package of Debian that is older in a base than where a fault in it was mended. */
export interface SecurityFix {
  name: string;
  version: string;
  mended: string;
  /** What the package has, as whole paths. */
  files: readonly string[];
}

/** Why nothing can be said of a base. */
export interface NoAnswer {
  reason: string;
}

/**
 * What Debian's security archive mends in a base, asked by apt, of the mirror that this machine uses itself. It knows
 * what was mended, and no more.
 * @param tar a root of Debian
 */
export function securityFixes(tar: string): SecurityFix[] | NoAnswer {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-faults-'));
  try {
    const found = archive();
    if (found === undefined) return { reason: 'apt of this machine knows no security archive' };
    const taken = spawnSync('tar', [
      '--extract',
      '--directory',
      folder,
      '--file',
      tar,
      '--wildcards',
      ...TAKEN,
    ]);
    if (taken.status !== 0) return { reason: `${tar} is no root of Debian` };
    return askedOf(found, folder, architectureIn(tar));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of a base is looked at. */
const TAKEN = ['./var/lib/dpkg/status', './var/lib/dpkg/info/*.list', './usr/lib/os-release'];

/** Whose signature counts, where Debian's packages are signed by more than one. */
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where this machine finds the archive. */
function archive(): string | undefined {
  const words = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian-Security'];
  const { status, stdout } = spawnSync('apt-get', words, { encoding: 'utf8' });
  return (status === 0 && stdout.split('\n')[0]) || undefined;
}

/** Asks apt what it would renew, in a folder in which it is told of the base and of the archive alone. */
function askedOf(uri: string, folder: string, architecture: string): SecurityFix[] | NoAnswer {
  const at = (...path: string[]) => join(folder, ...path);
  const [, release = ''] =
    /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync(at('usr/lib/os-release'), 'utf8')) ?? [];
  for (const one of ['lists/partial', 'cache/archives/partial']) mkdirSync(at(one), { recursive: true });
  const signed = existsSync(KEYS) ? `[signed-by=${KEYS}] ` : '';
  writeFileSync(at('sources.list'), `deb ${signed}${uri} ${release}-security main\n`);
  const options = {
    'Dir::State::Lists': at('lists'),
    'Dir::State::status': at('var/lib/dpkg/status'),
    'Dir::Cache': at('cache'),
    'Dir::Etc::SourceList': at('sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'APT::Architecture': architecture,
    'APT::Sandbox::User': 'root',
  };
  const told = Object.entries(options).flatMap((pair) => ['--option', pair.join('=')]);
  const apt = (...words: string[]) =>
    spawnSync('apt-get', [...told, '--quiet=2', ...words], { encoding: 'utf8' });
  // A mirror that is away is a warning to apt, and no answer to us.
  const updated = apt('--option', 'APT::Update::Error-Mode=any', 'update');
  if (updated.status !== 0) return { reason: updated.stderr.trim().split('\n')[0] ?? 'apt does not answer' };
  const { status, stdout, stderr } = apt('--simulate', 'dist-upgrade');
  if (status !== 0) return { reason: stderr.trim() };
  return fixesIn(stdout).map((fix) => ({ ...fix, files: filesOf(at('var/lib/dpkg/info'), fix.name) }));
}

/** What apt says that it would install: `Inst libzstd1 [1.5.7+dfsg-1] (1.5.7+dfsg-1+deb13u1 Debian-Security:13/... [amd64])`. */
export function fixesIn(text: string): Pick<SecurityFix, 'name' | 'version' | 'mended'>[] {
  return [...text.matchAll(/^Inst (\S+) \[([^\]]+)\] \((\S+) /gm)].map(([, name, version, mended]) => ({
    ...{ name: name!, version: version!, mended: mended! },
  }));
}

function filesOf(folder: string, name: string): string[] {
  return readdirSync(folder)
    .filter((file) => file === `${name}.list` || (file.startsWith(`${name}:`) && file.endsWith('.list')))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean));
}

/** Those of which an image has a file. @param folder the image's root */
export function fixesHeld(fixes: readonly SecurityFix[], folder: string): SecurityFix[] {
  // What a package has below /usr/lib is found by programs below /lib, which is the same folder in Debian.
  const places = (file: string) => [file, file.replace(/^\/usr(?=\/lib)/, '')];
  return fixes.filter(({ files }) =>
    files.some(
      (file) => /\.so\b|\/bin\//.test(file) && places(file).some((one) => existsSync(join(folder, one))),
    ),
  );
}
