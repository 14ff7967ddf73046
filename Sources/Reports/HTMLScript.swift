/// The page's own script, which builds the tree of differences as it is opened.
///
/// It writes values with `textContent` alone and reads nothing but the data in the page.
enum HTMLScript {
  /// What the page's policy allows to run; a test says what it must be.
  static let digest = "sha256-OQJsRyTbxXRuXxrf/WPJL1mhTeKRV3RSjbzpaB9NzEs="

  static let text = #"""
    'use strict';
    (() => {
    const data = JSON.parse(document.getElementById('data').textContent);
    const byId = id => document.getElementById(id);
    const names = ['id', 'path', 'region', 'format', 'role', 'kind', 'summary', 'offset', 'length', 'shipped',
      'shippedLeft', 'rebuilt', 'rebuiltLeft', 'root', 'cause', 'confidence', 'evidence', 'follows', 'fix', 'exception'];
    const interned = new Set(['id', 'region', 'format', 'role', 'kind', 'summary', 'cause', 'evidence', 'follows', 'fix',
      'exception']);
    const chunk = 200;
    const plural = (count, noun) => count.toLocaleString('en') + ' ' + noun + (count === 1 ? '' : 's');

    // Whatever a browser would obey or hide is spelled out, as in every report.
    const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;
    const spelled = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
    const visible = text => text.replace(hidden, character =>
      spelled[character] || '\\u{' + character.codePointAt(0).toString(16).toUpperCase() + '}');

    function element(tag, name, ...children) {
      const node = document.createElement(tag);
      if (name) node.className = name;
      for (const child of children) {
        if (child !== null && child !== undefined) node.append(typeof child === 'string' ? visible(child) : child);
      }
      return node;
    }

    // The differences, as objects.
    const all = [];
    data.artifacts.forEach((artifact, number) => {
      const ids = new Map();
      for (const row of artifact.rows) {
        const item = { artifact: number, key: 'a' + number + '-' + all.length };
        names.forEach((name, place) => {
          const value = row[place];
          item[name] = value === undefined || value === null ? null : interned.has(name) ? data.strings[value] : value;
        });
        item.path = row[1].map(place => visible(data.strings[place]));
        item.words = null;
        ids.set(item.id, item);
        all.push(item);
      }
      artifact.ids = ids;
    });
    const byKey = new Map(all.map(item => [item.key, item]));

    function words(item) {
      if (item.words === null) {
        item.words = [item.path.join(' › '), item.region, item.format, item.summary, item.shipped, item.rebuilt,
          item.cause, item.evidence, item.fix, item.exception].filter(Boolean).join('\n').toLowerCase();
      }
      return item.words;
    }

    // The tree: a node for each artifact and member, with its members and differences in their order.
    function makeNode(name, parent) {
      return { name, parent, entries: [], members: new Map(), total: 0, element: null, shown: 0, isNode: true };
    }

    function grow(items) {
      const top = makeNode('', null);
      const artifacts = new Map();
      for (const item of items) {
        let node = artifacts.get(item.artifact);
        if (!node) {
          node = makeNode(visible(data.strings[data.artifacts[item.artifact].name]), top);
          artifacts.set(item.artifact, node);
          top.entries.push(node);
        }
        node.total += 1;
        for (const name of item.path) {
          let member = node.members.get(name);
          if (!member) {
            member = makeNode(name, node);
            node.members.set(name, member);
            node.entries.push(member);
          }
          node = member;
          node.total += 1;
        }
        item.parent = node;
        item.element = null;
        node.entries.push(item);
      }
      top.entries.forEach(fold);
      return top;
    }

    // A member that is alone in another shares its line.
    function fold(node) {
      while (node.entries.length === 1 && node.entries[0].isNode && node.parent.parent) {
        const only = node.entries[0];
        node.name += ' › ' + only.name;
        node.entries = only.entries;
        for (const entry of node.entries) entry.parent = node;
      }
      for (const entry of node.entries) if (entry.isNode) fold(entry);
    }

    function showMore(node, list) {
      const more = list.lastChild && list.lastChild.className === 'more' ? list.lastChild : null;
      const focused = more !== null && more.contains(document.activeElement);
      if (more) { watcher.unobserve(more); more.remove(); }
      const fragment = document.createDocumentFragment();
      const end = Math.min(node.entries.length, node.shown + chunk);
      let first = null;
      for (; node.shown < end; node.shown += 1) {
        const entry = node.entries[node.shown];
        entry.element = entry.isNode ? drawNode(entry) : drawItem(entry);
        first = first || entry.element;
        fragment.append(entry.element);
      }
      const left = node.entries.length - node.shown;
      if (left > 0) {
        const button = element('button', '', 'Show ' + Math.min(left, chunk) + ' more of ' + left.toLocaleString('en'));
        button.type = 'button';
        button.addEventListener('click', () => showMore(node, list));
        const place = element('p', 'more', button);
        place.showMore = () => showMore(node, list);
        fragment.append(place);
        watcher.observe(place);
      }
      list.append(fragment);
      if (focused && first) first.firstChild.focus();
    }

    // What is scrolled to is drawn before it is reached.
    const watcher = new IntersectionObserver(entries => {
      for (const entry of entries) if (entry.isIntersecting) entry.target.showMore();
    }, { rootMargin: '600px' });

    function drawNode(node) {
      const summary = element('summary', '', element('span', 'name', node.name), ' ',
        element('span', 'count', plural(node.total, 'difference')));
      const details = element('details', 'node', summary, element('div', 'entries'));
      details.addEventListener('toggle', () => { if (details.open) fill(node); });
      return details;
    }

    function fill(node) {
      if (node.shown === 0) showMore(node, node.element.lastChild);
    }

    function drawItem(item) {
      const summary = element('summary', '',
        element('span', 'region', item.region ? visible(item.region) : item.kind === 'bytes' ? 'bytes' : 'whole'), ' ',
        element('span', 'what', item.summary), ' ', brief(item),
        element('span', 'cause' + (item.cause === null || item.cause === 'content' ? ' grave' : ''),
          (item.root ? '' : '↳ ') + visible(item.cause || 'not explained')));
      if (item.exception) summary.append(' ', element('span', 'cause declared', 'declared'));
      const details = element('details', item.root ? 'difference' : 'difference follower', summary);
      details.id = item.key;
      details.addEventListener('toggle', () => { if (details.open) explain(item); });
      return details;
    }

    // Both values on the line itself, where they are short.
    function brief(item) {
      const both = [item.shipped, item.rebuilt];
      if (item.kind !== 'value' || both.some(value => value === null || value.length > 40)) return null;
      return element('span', 'brief', visible(item.shipped) + ' → ' + visible(item.rebuilt) + ' ');
    }

    function explain(item) {
      const details = item.element;
      if (details.childElementCount > 1) return;
      const body = element('div', 'body');
      if (item.shipped !== null || item.rebuilt !== null) body.append(values(item));
      const facts = element('dl', 'facts');
      const fact = (name, value) => {
        if (value !== null && value !== '') facts.append(element('div', '', element('dt', '', name), element('dd', '', value)));
      };
      const where = [];
      if (item.offset !== null) where.push('offset ' + item.offset);
      if (item.length !== null) where.push(item.length + (item.length === '1' ? ' byte' : ' bytes'));
      const source = item.format ? [item.format, item.role].filter(Boolean).join(', ') : '';
      fact('where', [where.join(', '), source].filter(Boolean).join('; '));
      fact('cause', item.cause === null ? 'nothing explains it'
        : visible(item.cause) + ', ' + item.confidence + ' % sure: ' + visible(item.evidence || ''));
      if (item.follows !== null) fact('follows from', origin(item));
      if (item.fix !== null) fact('to mend it', visible(item.fix));
      if (item.exception !== null) fact('declared', visible(item.exception));
      body.append(facts);
      details.append(body);
    }

    function origin(item) {
      const other = data.artifacts[item.artifact].ids.get(item.follows);
      if (!other) return 'a difference that this page does not hold';
      const link = element('a', '', [...other.path.slice(-1), visible(other.region || other.summary)].join(' › '));
      link.href = '#' + other.key;
      return link;
    }

    // Side by side, as text and as bytes; what is not the same is marked.
    function values(item) {
      const sides = ['shipped', 'rebuilt'].map(name => ({ name, value: item[name], left: item[name + 'Left'] }));
      const bytes = sides.map(side => bytesOf(side.value));
      const areBytes = bytes.some(found => found) && bytes.every((found, i) => found || sides[i].value === null
        || sides[i].value.startsWith('('));
      const area = element('div', 'values');
      const toggle = element('button', 'toggle');
      toggle.type = 'button';
      let asBytes = areBytes;
      const draw = () => {
        area.replaceChildren(...sides.map((side, i) => column(side, sides[1 - i], bytes[i], bytes[1 - i], asBytes)));
        toggle.textContent = asBytes ? 'Show as text' : 'Show as bytes';
      };
      toggle.addEventListener('click', () => { asBytes = !asBytes; draw(); });
      draw();
      return element('div', '', area, toggle);
    }

    function column(side, other, bytes, otherBytes, asBytes) {
      const pre = element('pre', '');
      pre.tabIndex = 0;
      pre.setAttribute('aria-label', side.name);
      if (side.value === null) {
        pre.append(element('span', 'left', 'nothing'));
      } else if (asBytes && (bytes || !side.value.startsWith('('))) {
        dump(pre, bytes || encode(side.value), other.value === null ? null
          : otherBytes || (other.value.startsWith('(') ? [] : encode(other.value)));
      } else {
        mark(pre, side.value, other.value);
      }
      if (side.left > 0) pre.append(element('span', 'left', '… ' + plural(side.left, 'more character') + ' in ' + data.report));
      return element('div', 'side', element('p', 'label', side.name), pre);
    }

    const encode = text => Array.from(new TextEncoder().encode(text));

    // Bytes that were written as hexadecimal pairs, with or without the characters beside them.
    function bytesOf(value) {
      if (value === null) return null;
      const pairs = /^((?:[0-9a-f]{2} )*[0-9a-f]{2})(?:  \|.*\|)?$/s.exec(value);
      const digits = pairs ? pairs[1].replaceAll(' ', '') : value;
      if (!/^(?:[0-9a-f]{2}){4,}$/.test(digits) && !(pairs && value.includes('|'))) return null;
      return digits.match(/../g).map(pair => parseInt(pair, 16));
    }

    function dump(pre, bytes, other) {
      for (let start = 0; start < bytes.length; start += 8) {
        const row = bytes.slice(start, start + 8);
        pre.append(element('span', 'address', start.toString(16).padStart(4, '0') + '  '));
        row.forEach((byte, i) => {
          const text = byte.toString(16).padStart(2, '0');
          pre.append(!other || other[start + i] === byte ? text : element('mark', '', text), ' ');
        });
        pre.append('   '.repeat(8 - row.length) + ' ');
        pre.append(element('span', 'ascii', row.map(byte => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.').join('')), '\n');
      }
    }

    function mark(pre, value, other) {
      const mine = Array.from(value);
      const theirs = Array.from(other === null ? value : other);
      let start = 0;
      while (start < mine.length && start < theirs.length && mine[start] === theirs[start]) start += 1;
      let end = 0;
      while (end < mine.length - start && end < theirs.length - start
        && mine[mine.length - 1 - end] === theirs[theirs.length - 1 - end]) end += 1;
      const part = (from, to) => mine.slice(from, to).join('').split('\n').map(visible).join('\n');
      pre.append(part(0, start));
      if (mine.length - end > start) pre.append(element('mark', '', part(start, mine.length - end)));
      pre.append(part(mine.length - end, mine.length));
    }

    // Filters.
    let top = null;

    function draw() {
      const cause = byId('cause').value;
      const text = byId('text').value.toLowerCase();
      const rootsOnly = byId('roots').checked;
      const items = all.filter(item => (cause === '*' || (item.cause || '') === cause.slice(1))
        && (!rootsOnly || item.root) && (text === '' || words(item).includes(text)));
      watcher.disconnect();
      top = grow(items);
      const tree = byId('tree');
      tree.replaceChildren();
      top.element = tree;
      showMore(top, tree);
      byId('status').textContent = items.length === all.length ? plural(all.length, 'difference')
        : plural(items.length, 'difference') + ' of ' + all.length.toLocaleString('en');
      openAll(items.length <= 40 ? 400 : 40);
    }

    // Opens what is not open from the top down until there are that many lines; returns what it opened.
    function openAll(limit) {
      const opened = [];
      let lines = top.shown;
      const queue = top.entries.slice(0, top.shown);
      while (queue.length > 0) {
        const node = queue.shift();
        if (!node.isNode || !node.element || (node.shown === 0 && lines + Math.min(chunk, node.entries.length) > limit)) continue;
        if (!node.element.open) { opened.push(node.element); node.element.open = true; }
        fill(node);
        lines += node.shown;
        queue.push(...node.entries.slice(0, node.shown));
      }
      return opened;
    }

    function reveal(key) {
      const item = byKey.get(key);
      if (!item) return;
      if (!item.element || !item.element.isConnected) {
        const chain = [];
        for (let node = item.parent; node && node !== top; node = node.parent) chain.unshift(node);
        if (!item.parent || chain.length === 0 || chain[0].parent !== top || !top.entries.includes(chain[0])
          || !item.parent.entries.includes(item)) {
          byId('cause').value = '*'; byId('text').value = ''; byId('roots').checked = false;
          draw();
          return reveal(key);
        }
        let above = top;
        for (const entry of [...chain, item]) {
          const list = above === top ? byId('tree') : above.element.lastChild;
          const place = above.entries.indexOf(entry);
          while (above.shown <= place) showMore(above, list);
          if (entry.isNode) { entry.element.open = true; fill(entry); }
          above = entry;
        }
      }
      for (let node = item.parent; node && node !== top; node = node.parent) node.element.open = true;
      item.element.open = true;
      explain(item);
      item.element.firstChild.focus();
      item.element.scrollIntoView({ block: 'center' });
    }

    const counts = new Map();
    for (const item of all) counts.set(item.cause || '', (counts.get(item.cause || '') || 0) + 1);
    for (const [name, count] of [...counts].sort((left, right) => right[1] - left[1])) {
      const option = element('option', '', visible(name || 'not explained') + ' (' + count.toLocaleString('en') + ')');
      option.value = '=' + name;
      byId('cause').append(option);
    }
    byId('filter').hidden = false;
    byId('filter').addEventListener('submit', event => event.preventDefault());
    let timer = 0;
    byId('text').addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(draw, 150); });
    byId('cause').addEventListener('change', draw);
    byId('roots').addEventListener('change', draw);
    byId('open').addEventListener('click', () => openAll(1000));
    byId('close').addEventListener('click', () => {
      for (const details of byId('tree').querySelectorAll('details[open]')) details.open = false;
    });
    for (const link of document.querySelectorAll('a[data-cause]')) {
      link.addEventListener('click', () => { byId('cause').value = '=' + link.dataset.cause; draw(); });
    }
    addEventListener('hashchange', () => reveal(location.hash.slice(1)));

    // On paper: the first differences with all that is known of them, and how many are not printed.
    let opened = [];
    addEventListener('beforeprint', () => {
      opened = openAll(300);
      const items = [...byId('tree').querySelectorAll('details.difference')].slice(0, 100);
      for (const details of items) {
        if (!details.open) { opened.push(details); details.open = true; }
        explain(byKey.get(details.id));
      }
      const note = element('p', 'left printed', 'Printed in full are ' + items.length.toLocaleString('en') + ' of '
        + plural(all.length, 'difference') + '; all of them are in ' + data.report + '.');
      if (items.length < all.length) byId('tree').before(note);
    });
    addEventListener('afterprint', () => {
      for (const details of opened) details.open = false;
      for (const note of document.querySelectorAll('.printed')) note.remove();
    });

    draw();
    if (location.hash) reveal(location.hash.slice(1));
    })();
    """#
}
