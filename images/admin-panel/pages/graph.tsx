import dagre from '@dagrejs/dagre';
import { membership } from '../../../tools/access/values/membership.ts';
import { whenText } from '../../../tools/access/wording/condition-text.ts';
import type { AccessGraph } from '../../../tools/contract/shapes.ts';
import { accessOf } from '../model/indexes.ts';
import type { EnvironmentView } from '../model/view.ts';
import { Icon } from './icons.tsx';
import { pathIn, withQuery } from './links.ts';
import { shortened } from './picture.tsx';

type Node = AccessGraph['nodes'][number];

const HEIGHT = 36;
/** Room above the nodes, for what each column is. */
const HEAD = 24;
const WIDTHS: Record<Node['kind'], number> = {
  principal: 190,
  group: 150,
  policy: 270,
  service: 170,
  'anyone-else': 130,
};

/** A graph with the place of everything, worked out by dagre: layers from left to right, with few crossings. */
export const Graph = ({ graph, view }: { graph: AccessGraph; view: EnvironmentView }) => {
  const placed = layout(graph);
  const { width = 0, height = 0 } = placed.graph();
  const at = (id: string) => placed.node(id) as { x: number; y: number; width: number };
  return (
    <svg
      viewBox={`0 0 ${Math.ceil(width)} ${Math.ceil(height)}`}
      width={Math.ceil(width)}
      role="group"
      aria-label={`What is around ${graph.focus}; the sentences below say the same`}
    >
      {headsOf(graph, at).map(({ text, x }) => (
        <text class="head-text" x={x.toFixed(1)} y="12">
          {text}
        </text>
      ))}
      {graph.edges.map(({ from, to, kind }) => {
        const [a, b] = [at(from), at(to)];
        const [x, toX] = [a.x + a.width / 2, b.x - b.width / 2];
        const half = (x + toX) / 2;
        return (
          <path
            class={`line edge-${kind}`}
            d={`M${x.toFixed(1)} ${a.y.toFixed(1)}C${half.toFixed(1)} ${a.y.toFixed(1)} ${half.toFixed(1)} ${b.y.toFixed(1)} ${toX.toFixed(1)} ${b.y.toFixed(1)}`}
          />
        );
      })}
      {graph.nodes.map((node) => (
        <NodeBox node={node} view={view} focus={graph.focus} at={at(node.id)} />
      ))}
    </svg>
  );
};

const HEADS = { group: 'Groups', policy: 'Policies', service: 'Services' } as const;

/** What each column is: its kind, over its leftmost node. */
function headsOf({ nodes }: AccessGraph, at: (id: string) => { x: number; width: number }) {
  return Object.entries(HEADS).flatMap(([kind, text]) => {
    const lefts = nodes.filter((one) => one.kind === kind).map(({ id }) => at(id).x - at(id).width / 2);
    return lefts.length === 0 ? [] : [{ text, x: Math.min(...lefts) }];
  });
}

function layout({ nodes, edges }: AccessGraph) {
  const placed = new dagre.graphlib.Graph();
  // The layers are those of the kinds, whichever way they are found: this one takes half of the time.
  const ranker = 'tight-tree';
  placed.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 70, marginx: 4, marginy: HEAD, ranker });
  placed.setDefaultEdgeLabel(() => ({}));
  for (const { id, kind } of nodes) placed.setNode(id, { width: WIDTHS[kind], height: HEIGHT });
  // Policies are in one layer, whether a group or a name is before them.
  const far = edges.some(({ kind }) => kind === 'member');
  for (const { from, to } of edges)
    placed.setEdge(from, to, {
      minlen: far && from.startsWith('principal/') && to.startsWith('policy/') ? 2 : 1,
    });
  dagre.layout(placed);
  return placed;
}

const NodeBox = ({
  node: { id, kind, effect },
  view,
  focus,
  at,
}: {
  node: Node;
  view: EnvironmentView;
  focus: string;
  at: { x: number; y: number; width: number };
}) => {
  const name = id.slice(kind.length + 1);
  const [x, y] = [at.x - at.width / 2, at.y - HEIGHT / 2];
  const inset = kind === 'policy' ? 32 : 12;
  const about = noteOf(view, kind, name);
  return (
    <a href={withQuery(pathIn(view.environment.id, 'access'), { focus: id })}>
      <rect
        class={`box${id === focus ? ' focus' : ''}${effect === 'deny' ? ' bad' : ''}`}
        x={x.toFixed(1)}
        y={y.toFixed(1)}
        width={at.width}
        height={HEIGHT}
        rx={kind === 'principal' ? 18 : 7}
      />
      {kind === 'policy' && (
        <Icon sign={effect === 'deny' ? 'denied' : 'always'} at={{ x: x + 10, y: y + 11 }} />
      )}
      <text class="strong" x={(x + inset).toFixed(1)} y={(y + (about === '' ? 22 : 15)).toFixed(1)}>
        {shortened(name, Math.floor((at.width - inset - 8) / 6.8))}
      </text>
      {about !== '' && (
        <text class="t2" x={(x + inset).toFixed(1)} y={(y + 29).toFixed(1)}>
          {shortened(about, Math.floor((at.width - inset - 8) / 6.2))}
        </text>
      )}
    </a>
  );
};

function noteOf(view: EnvironmentView, kind: Node['kind'], name: string): string {
  const { repository } = view;
  if (kind === 'policy') {
    const { effect, when = {} } = repository.policies.get(name)!.value;
    return `${effect === 'deny' ? 'denies ' : ''}${whenText(when) || 'always'}`;
  }
  if (kind === 'group') {
    const members = membership(repository).group(name).length;
    return `${members} ${members === 1 ? 'member' : 'members'}`;
  }
  if (kind === 'principal') {
    const index = accessOf(view);
    return `reaches ${index.reaching(index.classOf(name))} of ${index.services.length} services`;
  }
  if (kind !== 'service') return '';
  const service = repository.services.get(name)?.value;
  return service ? `${service.protocol}/${service.ports.join(',')}` : '';
}
