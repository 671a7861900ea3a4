// The dashboard: signs in, keeps the list of escalations true to the event stream, and shows the one that is chosen.

import { Problem, follow, get, hasToken, keepToken, unreadyBecause } from './api.js';
import { announce, el, fill } from './dom.js';
import { EscalationPanel, ended, outcome, shortName, tone } from './escalation.js';
import { LogPanel } from './log.js';
import { loadKeys } from './proof.js';
import { age } from './time.js';

const PAGE = 500;         // asked of the server at once
const MOST_LISTED = 2000; // older ones are found by their address, or with the command
const ROWS = 50;          // in the page at first, and more by that many: a list of thousands stays quick to draw and to walk through
const LOOK_MILLIS = 10_000; // whether the bus takes work
const QUIET_MILLIS = 3000; // many changes at once are told as one
const byId = (id) => document.getElementById(id);
const views = new Map();
const rows = new Map();
const stale = new Set();
let who = null;
let keys = null;
let log = null;
let panel = null;
let stopFollowing = () => {};
let filter = 'all';
let refreshing = false;
let room = ROWS;
let shownRows = [];
let older = null;         // where the next page of older ones begins
let news = [];
let telling = null;
let lost = false;
let unready = '';

byId('sign-in-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  keepToken(byId('token').value.trim());
  byId('token').value = '';
  await enter();
});
byId('sign-out').addEventListener('click', () => leave(''));
byId('search').addEventListener('input', narrowed);
byId('hazard').addEventListener('change', narrowed);
byId('more').addEventListener('click', () => more(true));
document.querySelectorAll('[data-filter]').forEach((button) => button.addEventListener('click', () => {
  filter = button.dataset.filter;
  narrowed();
}));
byId('escalations').addEventListener('keydown', walk);
addEventListener('hashchange', route);
addEventListener('keydown', shortcut);
setInterval(() => { for (const [id, row] of rows) drawAge(views.get(id), row); }, 5000);
setInterval(() => { if (who && !lost) lookWhetherReady(); }, LOOK_MILLIS);

if (hasToken()) enter();
else leave('');

async function enter() {
  try {
    who = await get('/v1/whoami');
    const [listed, published] = await Promise.all([page(), get('/v1/keys')]);
    keys = await loadKeys(published.keys);
    byId('sign-in').hidden = true;
    byId('board').hidden = false;
    fill(byId('who'), el('span', { class: 'role' }, who.role), who.id ? ` ${shortName(who.id)}` : who.role === 'agent' ? ' (any: its signature says which)' : ' (bound to nobody: may only read)');
    log = new LogPanel(byId('log'), { keys, wholeLog: who.role !== 'agent' });
    const after = await log.begin();
    views.clear();
    for (const view of listed.escalations) views.set(view.id, view);
    older = listed.next ?? null;
    drawList();
    route();
    stopFollowing();
    stopFollowing = follow('/v1/events', { after, onEntry, onState });
  } catch (problem) {
    if (problem instanceof Problem && (problem.status === 401 || problem.status === 403)) return leave('The bus does not know this token.');
    leave(problem instanceof Problem ? problem.message : 'The bus does not answer. Is it running?', !(problem instanceof Problem));
  }
}

/** Back to the sign-in page; the token is kept when only the bus is away. */
function leave(problem, keep = false) {
  stopFollowing();
  panel?.close();
  panel = null;
  if (!keep) keepToken('');
  rows.clear();
  fill(byId('escalations'));
  byId('board').hidden = true;
  byId('sign-in').hidden = false;
  byId('sign-in-problem').textContent = problem;
  byId('token').focus();
}

function onState(state, detail) {
  const link = byId('link');
  link.className = `link ${state}`;
  link.textContent = state === 'live' ? 'Live' : state === 'lost' ? 'Reconnecting …' : 'Refused';
  document.body.classList.toggle('stale', state === 'lost');
  lost = state === 'lost';
  drawBanner();
  if (state === 'refused') return leave(detail.message);
  if (state !== 'live') return;
  refreshAll();
  lookWhetherReady();
}

function drawBanner() {
  const text = lost ? 'The bus does not answer. What you see may be old; trying again by itself.' : unready ? `No new escalation is taken: ${unready}.` : '';
  const banner = byId('banner');
  if (banner.textContent !== text) banner.textContent = text; // said once by a screen reader, not at each look
  banner.hidden = text === '';
}

/** A bus that has stopped taking work looks as quiet as one that has none. */
async function lookWhetherReady() {
  const reason = await unreadyBecause();
  if (reason === null) return; // the stream says so itself
  unready = reason;
  drawBanner();
}

function onEntry(entry) {
  if (entry.event === 'log_broken') lookWhetherReady();
  log.add(entry);
  panel?.add(entry);
  const id = entry.payload?.escalation;
  if (!id) return;
  stale.add(id);
  refreshSoon();
}

/** After a break in the stream everything may have changed. */
async function refreshAll() {
  try {
    const listed = await page();
    for (const view of listed.escalations) update(view);
    if (panel) update(await whole(panel.id));
    drawList();
  } catch { /* the stream says so itself */ }
}

/** Asks for what the stream has named, a moment later: several entries of one escalation come together. */
async function refreshSoon() {
  if (refreshing) return;
  refreshing = true;
  await new Promise((done) => setTimeout(done, 60));
  try {
    while (stale.size > 0) {
      const id = stale.values().next().value;
      stale.delete(id);
      try {
        update(await (panel?.id === id ? whole(id) : line(id)));
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status === 429) {
          stale.add(id);
          await new Promise((done) => setTimeout(done, 1000));
        }
      }
    }
  } finally {
    refreshing = false;
    drawList();
  }
}

function update(view) {
  const before = views.get(view.id);
  view.begun ??= view.history?.[0]?.time; // stays when the history goes
  view.decided ??= view.decision?.payload?.decision;
  views.set(view.id, view);
  if (!before || outcome(before) !== outcome(view)) tell(view, !before);
  if (panel?.id === view.id && view.history) panel.show(view);
  else if (panel === null && view.history && location.hash === address(view.id)) route();
}

function drawList() {
  const wanted = byId('search').value.trim().toLowerCase();
  const hazard = drawHazards();
  const all = [...views.values()].sort((a, b) => begun(b).localeCompare(begun(a)));
  const found = all.filter((view) => (hazard === '' || view.hazards.includes(hazard)) && (wanted === '' || [view.id, view.summary, view.source, view.state, ...view.hazards].join(' ').toLowerCase().includes(wanted)));
  const groups = { all: found, open: found.filter((view) => !ended(view)), ended: found.filter(ended) };
  document.querySelectorAll('[data-filter]').forEach((button) => {
    button.setAttribute('aria-pressed', String(button.dataset.filter === filter));
    button.querySelector('.count').textContent = String(groups[button.dataset.filter].length);
  });
  const fitting = groups[filter];
  const shown = fitting.slice(0, room);
  shownRows = shown;
  const left = fitting.length - shown.length;
  byId('more').hidden = left === 0 && older === null;
  byId('more').textContent = left > 0 ? `Show ${Math.min(left, ROWS)} more of ${left}` : 'Load older ones';
  const kept = new Set(shown.map((view) => view.id));
  for (const id of rows.keys()) if (!kept.has(id)) rows.delete(id);
  const list = byId('escalations');
  const nodes = shown.map((view) => {
    const row = rows.get(view.id) ?? newRow(view.id);
    drawRow(view, row);
    return row.node;
  });
  if (nodes.length !== list.children.length || nodes.some((node, i) => list.children[i] !== node)) {
    const focused = document.activeElement;
    list.replaceChildren(...nodes);
    if (list.contains(focused)) focused.focus();
  }
  const empty = byId('list-empty');
  empty.hidden = shown.length > 0;
  if (shown.length === 0) {
    fill(empty, views.size > 0 ? el('p', {}, 'None of the escalations fits.') : [el('p', {}, 'No agent has escalated anything yet.'),
      el('p', { class: 'hint' }, 'Try it: '), el('code', { class: 'block' }, './ifbus escalate message.json')]);
  }
  if (panel === null) drawNothingChosen();
}

function newRow(id) {
  const row = { title: el('span', { class: 'summary' }), badge: el('span', { class: 'badge' }), meta: el('span', { class: 'meta' }), age: el('time', { class: 'age' }) };
  row.link = el('a', { href: address(id) }, el('span', { class: 'top-line' }, row.badge, row.age), row.title, row.meta);
  row.node = el('li', {}, row.link);
  rows.set(id, row);
  return row;
}

function drawRow(view, row) {
  row.title.textContent = view.summary || view.id;
  row.badge.textContent = outcome(view);
  row.badge.className = `badge ${tone(view)}`;
  fill(row.meta, view.severity ? el('span', { class: `chip severity ${view.severity}` }, view.severity) : null,
    view.hazards.slice(0, 3).map((hazard) => el('span', { class: 'chip' }, hazard)), view.expert ? el('span', { class: 'expert' }, shortName(view.expert)) : null);
  if (location.hash === address(view.id)) row.link.setAttribute('aria-current', 'true');
  else row.link.removeAttribute('aria-current');
  drawAge(view, row);
}

function drawAge(view, row) {
  if (!view || begun(view) === '') return;
  row.age.textContent = age(begun(view));
  row.age.dateTime = begun(view);
}

/** What is sought has changed: begin at the top again, and say how many there are. */
function narrowed() {
  room = ROWS;
  drawList();
  announce(`${document.querySelector(`[data-filter=${filter}] .count`).textContent} escalations`);
}

/** The hazards that occur, to choose from; gives the chosen one. */
function drawHazards() {
  const select = byId('hazard');
  const there = [...new Set([...views.values()].flatMap((view) => view.hazards))].sort();
  const chosen = there.includes(select.value) ? select.value : '';
  if (there.join() !== [...select.options].slice(1).map((option) => option.value).join()) {
    fill(select, el('option', { value: '' }, 'All hazards'), there.map((one) => el('option', { value: one }, one)));
    select.value = chosen;
  }
  return chosen;
}

/** Makes room for more rows, and asks the server for older ones when all that are here are shown. */
async function more(focus) {
  const before = shownRows.length;
  room += ROWS;
  if (byId('more').textContent.startsWith('Load') && older !== null) {
    byId('more').disabled = true;
    byId('more').textContent = 'Loading …';
    try {
      const listed = await page(older);
      for (const view of listed.escalations) if (!views.has(view.id)) views.set(view.id, view);
      older = views.size >= MOST_LISTED ? null : listed.next ?? null;
    } catch (problem) {
      announce(`Older ones could not be loaded: ${problem.message}`);
    } finally {
      byId('more').disabled = false;
    }
  }
  drawList();
  if (focus) (byId('escalations').children[before]?.querySelector('a') ?? byId('more')).focus();
}

/** Up, down, page keys, home and end walk through the list; the end of it brings more. */
function walk(event) {
  const links = [...byId('escalations').querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 10, Math.max(links.length - 1, at + 1)), PageUp: Math.max(0, at - 10), Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  if (to >= links.length) {
    if (!byId('more').hidden) more(true);
  } else {
    links[Math.max(0, to)].focus();
  }
}

/** Slash seeks; escape leaves what is open for its line in the list. */
function shortcut(event) {
  if (byId('board').hidden || event.ctrlKey || event.metaKey || event.altKey || byId('dialog').open) return;
  const writing = event.target instanceof HTMLElement && event.target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select');
  if (event.key === '/' && !writing) {
    event.preventDefault();
    if (getComputedStyle(byId('search')).visibility !== 'hidden') byId('search').focus();
  } else if (event.key === 'Escape' && panel !== null && !writing) {
    const id = panel.id;
    location.hash = '#/';
    addEventListener('hashchange', () => (rows.get(id)?.link ?? byId('search')).focus(), { once: true });
  }
}

const page = (before) => get(`/v1/escalations?fields=summary&limit=${PAGE}${before ? `&before=${before}` : ''}`);
const line = (id) => get(`/v1/escalations/${encodeURIComponent(id)}?fields=summary`);
const whole = (id) => get(`/v1/escalations/${encodeURIComponent(id)}`);

/** Says a change to those who do not see it; a flood of them is one sentence. */
function tell(view, isNew) {
  news.push(`${isNew ? 'New: ' : ''}${view.summary || view.id}: ${outcome(view)}`);
  telling ??= setTimeout(() => {
    announce(news.length <= 3 ? news.join('. ') : `${news.length} changes; the last: ${news.at(-1)}`);
    news = [];
    telling = null;
  }, news.length === 1 ? 200 : QUIET_MILLIS);
}

/** Shows what the address names: #/e/ID, else nothing. */
function route() {
  if (who === null || byId('board').hidden) return;
  const id = location.hash.startsWith('#/e/') ? decodeURIComponent(location.hash.slice(4)) : null;
  if (panel?.id === id && panel !== null) return;
  if (panel) delete views.get(panel.id)?.history; // what is not open is kept up as a line only
  panel?.close();
  panel = null;
  document.body.classList.toggle('chosen', id !== null);
  const main = byId('main');
  if (id === null) {
    drawNothingChosen();
  } else if (views.get(id)?.history) {
    panel = new EscalationPanel(main, views.get(id), { who, keys, onChanged: (view) => { update(view); drawList(); } });
    document.getElementById('detail-title')?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  } else {
    fill(main, el('a', { class: 'back', href: '#/' }, '← All escalations'), el('p', { class: 'empty' }, `Looking for ${id} …`));
    whole(id).then((view) => { update(view); drawList(); }, (problem) =>
      fill(main, el('a', { class: 'back', href: '#/' }, '← All escalations'), el('p', { class: 'empty problem' }, problem.message)));
  }
  drawList();
}

function drawNothingChosen() {
  if (location.hash.startsWith('#/e/')) return;
  const open = [...views.values()].filter((view) => !ended(view)).length;
  fill(byId('main'), el('div', { class: 'nothing' }, el('img', { src: '/web/icon.svg', alt: '', width: '72', height: '72' }),
    el('p', { class: 'big' }, open === 0 ? 'All is quiet.' : `${open} ${open === 1 ? 'escalation is' : 'escalations are'} under way.`),
    el('p', { class: 'hint' }, views.size === 0 ? 'When an agent escalates, it appears on the left within a moment.' : 'Choose one on the left to see its council, its decision and its proofs.')));
}

function begun(view) { return view.begun ?? view.history?.[0]?.time ?? ''; }

function address(id) { return `#/e/${encodeURIComponent(id)}`; }
