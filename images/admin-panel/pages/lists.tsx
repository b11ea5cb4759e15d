import { PAGING, pageAsked, read } from '../api/parameters.ts';
import { groupsIn, policiesIn, principalsIn, servicesIn } from '../model/lists.ts';
import type { PageAsked } from '../model/page.ts';
import type { EnvironmentView } from '../model/view.ts';
import { Frame, type PageInput, type Tab } from './frame.tsx';
import { Icon, State } from './icons.tsx';
import { pathIn } from './links.ts';
import { Blank, Card, More, PolicyRows } from './parts.tsx';
import { Prose } from './sentence.tsx';

/** Things on a page. */
const ROWS = 60;

const LISTS = {
  services: { title: 'Services', of: servicesIn },
  people: { title: 'People and machines', of: principalsIn },
  groups: { title: 'Groups', of: groupsIn },
  policies: { title: 'Policies', of: policiesIn },
} as const;

/** The lists that have a page. */
export type ListName = keyof typeof LISTS;

/** Everything of one kind, to be searched and to be opened. */
export function listPage(input: PageInput, name: ListName) {
  const { view, query } = input;
  const { title } = LISTS[name];
  const values = read(PAGING, ({ name: key }) => query.getAll(key).filter(Boolean).slice(0, 1));
  const asked = pageAsked(values, ROWS);
  const { total, next } = LISTS[name].of(view, asked);
  const path = pathIn(view.environment.id, name);
  return (
    <Frame input={input} title={title} tab={name satisfies Tab}>
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p>
            {total} {asked.search === undefined ? `in ${view.environment.id}` : `with “${asked.search}”`}
          </p>
        </div>
        <form class="btns no-paper" action={path} role="search" aria-label={title}>
          <label for="search" class="hidden">
            Search {title}
          </label>
          <input id="search" name="search" value={asked.search ?? ''} size={20} />
          <button class="btn">Search</button>
        </form>
      </div>
      <Card title={title} id="list" live tall>
        {total === 0 ? (
          <Blank title="Nothing is called so">
            Search for a part of a name, of a description or of an owner.
          </Blank>
        ) : (
          <Rows input={input} name={name} asked={asked} />
        )}
        <More path={path} query={query} next={next} />
      </Card>
    </Frame>
  );
}

const Rows = ({
  input: { view, links },
  name,
  asked,
}: {
  input: PageInput;
  name: ListName;
  asked: PageAsked;
}) => {
  const { id } = view.environment;
  switch (name) {
    case 'services':
      return <ServiceRows view={view} asked={asked} />;
    case 'people':
      return (
        <ul class="rows">
          {principalsIn(view, asked).principals.map(({ principal, groups, services, revoked }) => (
            <li>
              <Icon sign={revoked ? 'denied' : services > 0 ? 'conditions' : 'removed'} />
              <div>
                <a href={pathIn(id, `people/${principal}`)}>{principal}</a>{' '}
                {revoked && <State sign="denied">revoked</State>}
                <p class="note">in {groups.length === 0 ? 'no group' : groups.join(', ')}</p>
              </div>
              <span class="act muted">
                reaches {services} {services === 1 ? 'service' : 'services'}
              </span>
            </li>
          ))}
        </ul>
      );
    case 'groups':
      return (
        <ul class="rows">
          {groupsIn(view, asked).groups.map(({ group, members }) => (
            <li>
              <span />
              <div>
                <a href={pathIn(id, `groups/${group.id}`)}>{group.id}</a>
                <p class="note">
                  <Prose text={group.description} links={links} /> · owned by {group.owner}
                </p>
              </div>
              <span class="act muted">
                {members} {members === 1 ? 'member' : 'members'}
              </span>
            </li>
          ))}
        </ul>
      );
    case 'policies':
      return <PolicyRows policies={policiesIn(view, asked).policies} environment={id} links={links} />;
  }
};

const ServiceRows = ({ view, asked }: { view: EnvironmentView; asked: PageAsked }) => (
  <div class="scroll" tabindex={0} role="region" aria-label="Services">
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Reached at</th>
          <th scope="col" class="num">
            Reached by
          </th>
          <th scope="col">Leads to</th>
          <th scope="col">Owner</th>
        </tr>
      </thead>
      <tbody>
        {servicesIn(view, asked).services.map(({ service, registrations, reachedBy, anyoneElse }) => (
          <tr>
            <td>
              <a href={pathIn(view.environment.id, `services/${service.id}`)}>{service.id}</a>
              <p class="note">{service.description}</p>
            </td>
            <td class="mono" data-label="reached at">
              {service.virtualIp} {service.protocol}/{service.ports.join(',')}
            </td>
            <td class="num" data-label="reached by">
              {registrations.length === 0 ? '–' : `${reachedBy}${anyoneElse ? ' and anyone else' : ''}`}
            </td>
            <td data-label="leads to">
              {registrations.length === 0 ? (
                <span class="muted">no connector serves it here</span>
              ) : (
                registrations.map(({ backend, connector }) => (
                  <p>
                    <span class="mono">{backend}</span> <span class="muted">by {connector}</span>
                  </p>
                ))
              )}
            </td>
            <td data-label="owner">{service.owner}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
