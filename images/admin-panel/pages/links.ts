import { membership } from '../../../tools/access/values/membership.ts';
import type { EnvironmentView } from '../model/view.ts';
import type { PageLinks } from './sentence.tsx';

/** A page of an environment: `/env/live/services/wiki`. @param path below the environment, each part as it is called */
export function pathIn(environment: string, path = ''): string {
  const parts = path.split('/').filter(Boolean).map(encodeURIComponent);
  return ['/env', encodeURIComponent(environment), ...parts].join('/');
}

/** A page with a query; what is undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}

/** Where the ids, names and places of a view lead. @param page the repository's page on GitHub, where there is one */
export function linksIn(view: EnvironmentView, page: string | undefined): PageLinks {
  const { repository, environment, known } = view;
  const kinds = [
    ['services', repository.services],
    ['groups', repository.groups],
    ['policies', repository.policies],
  ] as const;
  const commit = known.files.commit.replace('-dirty', '');
  return {
    ofId(id) {
      const kind = kinds.find(([, map]) => map.has(id));
      return kind && pathIn(environment.id, `${kind[0]}/${id}`);
    },
    ofName(name) {
      const exists = membership(repository).index(name) !== undefined;
      return exists ? pathIn(environment.id, `people/${name}`) : undefined;
    },
    ofPlace({ file, line }) {
      if (page !== undefined) return `${page}/blob/${commit}/${file}#L${line}`;
      return known.files.loaded.texts.has(file)
        ? `${withQuery(pathIn(environment.id, 'file'), { path: file })}#L${line}`
        : undefined;
    },
  };
}
