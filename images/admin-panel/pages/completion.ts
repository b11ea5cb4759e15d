/**
 * Keys and values that the schemas know, as one types YAML: a list below the text, moved in by arrows and taken by Tab or
 * Enter. Names are those that the page suggests elsewhere. Nothing of the text is changed but by whoever types.
 */
export const COMPLETION = String.raw`(() => {
  const text = document.getElementById('f-text');
  const list = document.getElementById('completions');
  const path = document.getElementById('f-path');
  if (!text || !list || !path) return;
  const names = { groups: 'groups', group: 'groups', services: 'services', service: 'services', reaches: 'services',
    denied: 'services', principals: 'people', principal: 'people', members: 'people', owner: 'owners' };
  const MOST = 8;
  let kinds = [];
  let found = [];
  let active = -1;
  const load = async () => {
    if (kinds.length === 0) kinds = await (await fetch('/assets/keys.json')).json();
    show();
  };

  // Where the caret is: the keys above it by their indentation, then those of braces on its own line.
  const keyIn = /^(\s*)((?:- +)*)([\w-]+):(?= |$)/;
  const placeOf = (before) => {
    const lines = before.split('\n');
    const line = lines.pop();
    const above = [];
    let indent = /^\s*(?:- +)*/.exec(line)[0].length;
    for (const one of lines.reverse()) {
      const key = keyIn.exec(one);
      if (!key) continue;
      const own = key[1].length + key[2].length;
      // A list may stand as far left as the key that it belongs to.
      if (own < indent || (own === indent && /^\s*- /.test(line) && key[2] === '')) {
        above.unshift(key[3]);
        indent = Math.min(own, key[1].length);
      }
    }
    const stack = [];
    let key;
    let rest = line.replace(/^\s*(?:- +)*/, '');
    for (const [, name, sign] of rest.matchAll(/([\w-]+): |([{}\[\],])/g)) {
      if (name) key = name;
      else if (sign === '{' || sign === '[') { stack.push([key, sign]); key = undefined; }
      else if (sign === ',') key = undefined;
      else stack.pop();
    }
    const inside = stack.map(([name]) => name).filter(Boolean);
    const inList = stack.length > 0 && stack[stack.length - 1][1] === '[';
    const prefix = /[\w@.\-]*$/.exec(line)[0];
    const keys = above.concat(inside, key === undefined ? [] : [key]);
    return { keys, value: key !== undefined || inList || (/^\s*- /.test(line) && !line.includes(':')), prefix };
  };
  const suggestions = () => {
    if (text.selectionStart !== text.selectionEnd) return [];
    const { keys, value, prefix } = placeOf(text.value.slice(0, text.selectionStart));
    let node = kinds.find((one) => new RegExp(one.path).test(path.value));
    for (const key of keys) node = node && node.keys && node.keys[key];
    const all = [];
    if (value) {
      for (const one of (node && node.values) || []) all.push([one, one, '']);
      const from = document.getElementById('names-' + names[keys[keys.length - 1]]);
      for (const one of from ? from.options : []) all.push([one.value, one.value, '']);
    }
    if (node && node.keys) for (const [one, { says }] of Object.entries(node.keys)) all.push([one, one + ': ', says || '']);
    return all.filter(([name]) => name.startsWith(prefix) && name !== prefix).slice(0, MOST)
      .map(([name, insert, says]) => ({ name, insert: insert.slice(prefix.length), says }));
  };

  const mark = (next) => {
    active = next;
    [...list.children].forEach((one, index) => one.setAttribute('aria-selected', String(index === active)));
    if (active < 0) text.removeAttribute('aria-activedescendant');
    else text.setAttribute('aria-activedescendant', list.children[active].id);
  };
  const hide = () => { found = []; list.replaceChildren(); list.hidden = true; mark(-1); };
  const show = () => {
    found = suggestions();
    list.replaceChildren(...found.map(({ name, says }, index) => {
      const one = document.createElement('li');
      one.id = 'completion-' + index;
      one.setAttribute('role', 'option');
      const word = document.createElement('code');
      word.textContent = name;
      one.append(word, ' ' + says.split('. ')[0]);
      one.addEventListener('mousedown', (event) => { event.preventDefault(); take(index); });
      return one;
    }));
    list.hidden = found.length === 0;
    mark(-1);
  };
  const take = (index) => {
    const { insert } = found[index];
    text.setRangeText(insert, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
    text.focus();
  };
  text.addEventListener('input', load);
  text.addEventListener('click', hide);
  // The list takes room: while a button below it is pressed it stays, or the button would move away from the pointer.
  let pressed = false;
  addEventListener('pointerdown', () => (pressed = true), true);
  for (const over of ['pointerup', 'pointercancel'])
    addEventListener(over, () => {
      pressed = false;
      if (document.activeElement !== text) setTimeout(hide);
    }, true);
  text.addEventListener('blur', () => pressed || hide());
  text.addEventListener('keydown', (event) => {
    if (event.key === ' ' && event.ctrlKey) { event.preventDefault(); load(); return; }
    if (found.length === 0) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      mark(event.key === 'ArrowDown' ? (active + 1) % found.length : (active <= 0 ? found.length : active) - 1);
    } else if ((event.key === 'Enter' && active >= 0) || event.key === 'Tab') {
      event.preventDefault();
      take(Math.max(active, 0));
    } else if (event.key === 'Escape') { event.preventDefault(); hide(); }
  });
})();
`;
