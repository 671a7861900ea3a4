// The witness log's panel: how long it is, where it ends, what is added, and whether this browser found it whole.

import { get } from './api.js';
import { announce, copyButton, el, fill, section, showDialog } from './dom.js';
import { faultOf } from './proof.js';
import { dayOf, timeOfDay, when } from './time.js';

const SHOWN = 60;
const CHECKED_AT_FIRST = 500;
const PAGE = 1000;

export class LogPanel {
  constructor(node, { keys, wholeLog }) {
    this.keys = keys;           // null: this browser cannot verify
    this.wholeLog = wholeLog;   // an agent gets parts of the log only, so links between entries are not to be seen
    this.newest = [];
    this.last = null;
    this.checked = 0;
    this.from = null;
    this.fault = null;
    this.waiting = Promise.resolve();
    this.badge = el('p', { class: 'badge' });
    this.facts = el('dl', { class: 'facts' });
    this.entries = el('ol', { class: 'entries', 'aria-label': 'Newest entries first' });
    this.whole = el('button', { type: 'button', class: 'quiet', onclick: () => this.checkAll() }, 'Check the whole log');
    this.drawBadge = section(this.badge);
    fill(node, el('div', { class: 'log-head' }, el('h2', { id: 'log-title' }, 'Witness log'), this.badge), this.facts,
      keys !== null && wholeLog ? this.whole : null, this.entries);
    this.draw();
  }

  /** Loads and checks the end of the log; gives the seq of its newest entry, after which to follow it. */
  async begin() {
    const head = this.wholeLog ? (await get('/v1/witness/head')).entries : 0;
    const from = Math.max(1, head - CHECKED_AT_FIRST + 1);
    let next = from;
    while (next <= head) {
      const page = await get(`/v1/witness/entries?from=${next}&limit=${PAGE}`);
      if (page.entries.length === 0) break;
      for (const entry of page.entries) this.add(entry);
      next = page.entries.at(-1).seq + 1;
    }
    this.draw();
    return this.wholeLog ? Math.max(head, this.last?.seq ?? 0) : null;
  }

  /** The next entry. Checks run one after another, in order. */
  add(entry) {
    if (this.last !== null && entry.seq <= this.last.seq) return;
    const prev = this.wholeLog ? this.last : null;
    this.last = entry;
    this.from ??= entry.seq;
    this.newest.unshift(entry);
    this.newest.length = Math.min(this.newest.length, SHOWN);
    this.waiting = this.waiting.then(() => this.check(entry, prev)).then(() => this.drawSoon());
    this.drawSoon();
  }

  /** Once a frame is enough, however many entries come. */
  drawSoon() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  async check(entry, prev) {
    if (this.keys === null || this.fault !== null) return;
    const gap = this.wholeLog && prev !== null && entry.seq !== prev.seq + 1 ? `entry #${prev.seq + 1} is missing` : null;
    const fault = gap ?? await faultOf(entry, prev, this.keys);
    if (fault === null) {
      this.checked++;
    } else {
      this.fault = `#${entry.seq}: ${fault}`;
      announce(`The log is broken at ${this.fault}`);
    }
  }

  /** Walks from the first entry to the newest. */
  async checkAll() {
    this.whole.disabled = true;
    try {
      let prev = null;
      let next = 1;
      const end = this.last?.seq ?? 0;
      while (next <= end) {
        const page = await get(`/v1/witness/entries?from=${next}&limit=${PAGE}`);
        if (page.entries.length === 0) break;
        for (const entry of page.entries) {
          const fault = prev !== null && entry.seq !== prev.seq + 1 ? `entry #${prev.seq + 1} is missing` : await faultOf(entry, prev, this.keys);
          if (fault !== null) {
            this.fault = `#${entry.seq}: ${fault}`;
            return;
          }
          prev = entry;
        }
        next = prev.seq + 1;
        this.whole.textContent = `Checked ${prev.seq} of ${end}`;
      }
      this.from = 1;
      this.checked = Math.max(this.checked, end);
      this.whole.textContent = `Checked all ${end} entries`;
      announce(this.whole.textContent);
    } catch (problem) {
      this.whole.textContent = `Stopped: ${problem.message}`;
    } finally {
      this.whole.disabled = false;
      this.draw();
    }
  }

  draw() {
    const verdict = this.verdict();
    this.badge.className = `badge ${verdict.kind}`;
    this.drawBadge(verdict.word, () => verdict.word);
    const head = this.last;
    fill(this.facts,
      this.wholeLog ? fact('Entries', head === null ? '0' : head.seq.toLocaleString()) : null,
      fact('Head', head === null ? 'none yet' : [el('code', { title: head.hash }, `${head.hash.slice(0, 16)}…`), copyButton(head.hash, 'Copy the head hash')]),
      fact('Signed by', head === null ? 'nobody yet' : el('code', {}, head.keyId)),
      el('p', { class: 'hint' }, verdict.why));
    if (head === null) return void fill(this.entries, el('li', { class: 'empty' }, this.wholeLog
      ? 'Nothing has happened yet. Every step of an escalation will appear here.' : 'Entries that name your escalations appear here as they are written.'));
    fill(this.entries, this.newest.map((entry) => el('li', {}, el('button', { type: 'button', onclick: () => showEntry(entry) },
      el('span', { class: 'seq' }, `#${entry.seq}`), el('span', { class: 'event' }, entry.event.replaceAll('_', ' ')),
      el('span', { class: 'component' }, entry.component.replace('IF.', '')), el('time', { datetime: entry.time, title: when(entry.time) }, timeOfDay(entry.time)), el('span', { class: 'day' }, dayOf(entry.time))))));
  }

  verdict() {
    if (this.fault !== null) return { kind: 'bad', word: 'Broken', why: `Entry ${this.fault}.` };
    if (this.keys === null) return { kind: 'unknown', word: 'Not checked', why: 'This browser cannot verify here (it needs HTTPS or localhost, and Ed25519). Run: ifbus witness verify' };
    if (this.last === null) return { kind: 'unknown', word: this.wholeLog ? 'Empty' : 'Following', why: '' };
    if (!this.wholeLog) return { kind: 'good', word: 'Signed', why: `${this.checked} entries of your escalations, each signature checked in this browser.` };
    return { kind: 'good', word: 'Intact', why: `Entries #${this.from} to #${this.last.seq}: hashes, links and signatures checked in this browser.` };
  }
}

export function showEntry(entry) {
  showDialog(`Entry #${entry.seq}`, el('pre', { tabindex: '0' }, JSON.stringify(entry, null, 2)), copyButton(JSON.stringify(entry), 'Copy the entry'));
}

function fact(name, ...value) { return el('div', {}, el('dt', {}, name), el('dd', {}, ...value)); }
