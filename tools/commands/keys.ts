import { textLine } from '../contract/terminal-text.ts';
import { trustedKeyYaml } from '../output/publish.ts';
import { createKey, publicFile, publicHalf, keyFile, LOCAL_KEY } from '../publish/keys/keys.ts';
import { Fault } from '../contract/fault.ts';
import { command } from './shared/command.ts';

/** Makes a key to sign entries with, and shows its public half. */
export const keys = command({
  name: 'keys',
  summary: 'Make a signing key, or show its public half for environment.yaml',
  arguments: [{ name: '<action>', description: 'init makes one; show prints the public half' }],
  options: [{ flags: '--name <name>', description: 'the name of the key', fallback: LOCAL_KEY }],
  examples: ['npx ztna keys init', 'npx ztna keys show --name release'],
  async run({ arguments: [action], options }, context) {
    const { name = LOCAL_KEY } = options;
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
      throw new Fault(`${name} is not a name for a key`, 'use lower-case letters, digits and hyphens');
    const file = keyFile(context.state, name);
    if (action === 'init') createKey(file);
    else if (action !== 'show') throw new Fault(`there is no action ${action}`, 'use init or show');
    const half = publicHalf(file, name);
    const asked = name === LOCAL_KEY ? '' : ` --name ${name}`;
    if (!half) throw new Fault(`there is no key ${name}`, `make one with: npx ztna keys init${asked}`);
    if (action === 'init')
      context.err(textLine(`made ${file}: keep it to yourself; ${publicFile(file)} is its public half`));
    context.err(
      textLine(
        'for bundle.trustedKeys in environments/<env>/environment.yaml, where followers learn to trust it:',
      ),
    );
    context.out(trustedKeyYaml(half));
    return 0;
  },
});
