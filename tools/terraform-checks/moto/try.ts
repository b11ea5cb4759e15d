import { mirrorAt } from '/work/aws/tools/terraform-checks/moto/mirror.ts';
import { play } from '/work/aws/tools/terraform-checks/moto/play.ts';
const m = mirrorAt('/opt/tf-plugins', '6.25.0');
console.log(m);
const p = await play('terraform', '/root/.pyenv/shims/moto_server', m, '6.25.0', (s) =>
  console.log(s.wrong === undefined ? 'ok  ' : 'FAIL', s.seconds, s.name, s.wrong ?? ''),
);
console.log(p.shims);
