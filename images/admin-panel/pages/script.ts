/**
 * What makes a page better with script, and is needed by none: whatever changes is exchanged in place, times count, and
 * what a change would do is worked out while one types. The server draws every page; nothing is drawn here.
 */
export const SCRIPT = String.raw`'use strict';
(() => {
  const parse = (text) => new DOMParser().parseFromString(text, 'text/html');
  const fetchPage = async (url, options) => {
    const answer = await fetch(url, { headers: { accept: 'text/html' }, ...options });
    return parse(await answer.text());
  };
  const constant = ['picture', 'convergence', 'instances', 'matrix', 'why'];
  // How long ago something was says nothing new.
  const said = (one) => {
    const copy = one.cloneNode(true);
    copy.classList.remove('fresh');
    for (const time of copy.querySelectorAll('time[data-ago]')) time.textContent = '';
    return copy.outerHTML;
  };
  const exchange = (page, selector, mark) => {
    for (const now of document.querySelectorAll(selector)) {
      const then = page.getElementById(now.id);
      if (!then || said(then) === said(now) || now.contains(document.activeElement)) continue;
      const fresh = document.importNode(then, true);
      // What changes all the time is not marked: it would never be still.
      if (mark && now.matches('.card') && !constant.includes(now.id)) fresh.classList.add('fresh');
      now.replaceWith(fresh);
    }
  };

  // Times: how long ago, from the instant that each carries.
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const ago = (seconds) => {
    const [size, name] = units.find(([size]) => seconds >= size) || [1, 's'];
    return Math.max(0, Math.floor(seconds / size)) + ' ' + name + ' ago';
  };
  const count = () => {
    for (const one of document.querySelectorAll('time[data-ago]'))
      one.textContent = ago((Date.now() - Date.parse(one.dateTime)) / 1000);
  };
  setInterval(count, 1000);

  // Live: one stream for the page, which tells that something changed; the page is then asked for once more.
  const sign = document.getElementById('live');
  const still = () => {
    if (!sign) return;
    sign.classList.add('still');
    sign.textContent = 'As of ' + new Date().toISOString().slice(11, 19) + ' UTC';
  };
  let asking = false;
  let again = false;
  const refresh = async () => {
    if (asking) return void (again = true);
    asking = true;
    try {
      exchange(await fetchPage(location.href), '[data-live]', true);
      count();
    } catch {
      still();
    } finally {
      asking = false;
      if (again) { again = false; refresh(); }
    }
  };
  if (sign && document.querySelector('[data-live]')) {
    const stream = new EventSource('/api/v1/events');
    let first = true;
    stream.addEventListener('change', () => {
      sign.classList.remove('still');
      sign.textContent = 'Live';
      if (!first) refresh();
      first = false;
    });
    stream.addEventListener('error', still);
    addEventListener('pagehide', () => stream.close());
  }

  // A change: what it would do, while one types.
  const form = document.querySelector('form[data-preview]');
  if (form) {
    let timer;
    let turn = 0;
    const look = async () => {
      const mine = ++turn;
      const preview = document.getElementById('preview');
      preview?.classList.add('busy');
      const body = new URLSearchParams(new FormData(form));
      body.set('do', 'preview');
      try {
        const page = await fetchPage(form.action, { method: 'POST', body });
        if (mine === turn) exchange(page, '#preview', false);
      } finally {
        document.getElementById('preview')?.classList.remove('busy');
      }
    };
    form.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(look, 350);
    });
  }
})();
`;
