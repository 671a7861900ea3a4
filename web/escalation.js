// One escalation in full: how far it is, what happened when, the council, the decision with its proofs, the recording; and what this token may do.

import { blob, get, post, remove } from './api.js';
import { announce, copyButton, el, fill, section, showDialog } from './dom.js';
import { showEntry } from './log.js';
import { decisionHolds } from './proof.js';
import { minutes, offset, span, when } from './time.js';

const WAY = ['RECEIVED', 'JUDGED', 'RINGING', 'ACCEPTED', 'BRIEFED', 'IN_COUNCIL', 'DECIDED', 'CLOSED'];
const ENDS = new Set(['DENIED', 'HELD', 'SHARED', 'EXHAUSTED', 'EXPIRED', 'CANCELLED', 'DECIDED', 'CLOSED']);
const WORDS = {
  RECEIVED: 'Received', VALIDATED: 'Validated', JUDGED: 'Judged', RINGING: 'Ringing', ACCEPTED: 'Accepted', BRIEFED: 'Briefed', IN_COUNCIL: 'In council',
  DECIDED: 'Decided', CLOSED: 'Closed', DENIED: 'Denied', HELD: 'Held', SHARED: 'Shared', EXHAUSTED: 'Nobody reached', EXPIRED: 'Expired', CANCELLED: 'Cancelled',
};
const VERDICTS = {
  'approve': ['good', 'Approved'], 'approve-with-conditions': ['good', 'Approved with conditions'], 'reject': ['bad', 'Rejected'], 'hold': ['warn', 'On hold'],
  'not-required': ['idle', 'No people needed'], 'denied': ['bad', 'Denied by the guard'], 'cancelled': ['idle', 'Cancelled'],
};
const VOTES = { approve: ['good', '✓', 'approves'], reject: ['bad', '✕', 'rejects'], abstain: ['idle', '–', 'abstains'] };
const MOST_SEATS = 9;

export const ended = (view) => ENDS.has(view.state);
export const stateWord = (state) => WORDS[state] ?? state;

/** How a state looks: live, wait, good, bad, warn, idle. */
const verdictOf = (view) => view.decided ?? view.decision?.payload?.decision;

export function tone(view) {
  const verdict = verdictOf(view);
  if (verdict) return VERDICTS[verdict]?.[0] ?? 'idle';
  if (view.state === 'RINGING') return 'ring';
  if (view.state === 'IN_COUNCIL') return 'council';
  return ended(view) ? 'idle' : 'live';
}

/** The verdict in a word where there is one, else the state. */
export function outcome(view) {
  const verdict = verdictOf(view);
  return verdict ? VERDICTS[verdict]?.[1] ?? verdict : stateWord(view.state);
}

/** A person's or agent's name out of its URI. */
export const shortName = (uri) => uri.replace(/^(sips?|if):(\/\/)?/, '').replace(/[@;].*$/, '').split('/').at(-1);

export class EscalationPanel {
  constructor(node, view, { who, keys, onChanged, onGone }) {
    Object.assign(this, { node, who, keys, onChanged, onGone });
    this.id = view.id;
    this.events = [];
    this.signalling = false;
    this.parts = Object.fromEntries(['head', 'way', 'decision', 'actions', 'council', 'player', 'rating', 'timeline'].map((name) => [name, el('section', { class: name })]));
    this.draws = Object.fromEntries(Object.entries(this.parts).map(([name, part]) => [name, section(part)]));
    fill(node, el('a', { class: 'back', href: '#/' }, '← All escalations'), Object.values(this.parts));
    this.ticker = setInterval(() => this.tick(), 500);
    this.show(view);
    this.load();
  }

  close() {
    clearInterval(this.ticker);
    if (this.sound) URL.revokeObjectURL(this.sound);
  }

  /** All entries of its trace so far; what comes later is handed to {@link add}. */
  async load() {
    try {
      let next = 1;
      while (next) {
        const page = await get(`/v1/witness/entries?trace=${this.view.traceId}&from=${next}&limit=1000`);
        page.entries.forEach((entry) => this.add(entry, false));
        next = page.next;
      }
      this.drawTimeline();
    } catch (problem) {
      fill(this.parts.timeline, el('h3', {}, 'What happened'), el('p', { class: 'problem' }, `The entries could not be loaded: ${problem.message}`));
    }
  }

  add(entry, draw = true) {
    if (entry.traceId !== this.view.traceId || this.events.some((known) => known.seq === entry.seq)) return;
    const owner = entry.payload?.escalation;
    if (owner !== undefined && owner !== this.id) return;
    this.events.push(entry);
    this.events.sort((a, b) => a.seq - b.seq);
    if (draw) this.drawTimeline();
  }

  show(view) {
    this.view = view;
    this.draws.head([view.state, view.decision, view.summary, view.ringMillis, view.setupMillis, view.expert], () => this.head());
    this.draws.way([view.history, view.state], () => this.way());
    this.draws.council([view.council, view.expert, view.state, this.bridge()], () => this.council());
    this.draws.decision([view.decision], () => this.decision());
    this.draws.actions([this.may(), view.state], () => this.actions());
    this.draws.rating([view.state, view.decision !== undefined, this.who.id], () => this.rating());
    this.draws.player([view.recording, this.who.role], () => this.player());
    this.drawTimeline();
    this.tick();
  }

  head() {
    const view = this.view;
    return [
      el('div', { class: 'title' }, el('h2', { tabindex: '-1', id: 'detail-title' }, view.summary || view.id), el('p', { class: `badge ${tone(view)}` }, outcome(view))),
      el('p', { class: 'chips' }, view.severity ? el('span', { class: `chip severity ${view.severity}` }, view.severity) : null,
        view.hazards.map((hazard) => el('span', { class: 'chip' }, hazard))),
      el('dl', { class: 'facts wide' },
        fact('Escalation', el('code', {}, view.id), copyButton(view.id, 'Copy the id')),
        fact('From', el('code', { title: view.source }, view.source)),
        fact('Expert', view.expert ? el('code', { title: view.expert }, view.expert) : '—'),
        fact('Phone rang after', view.ringMillis === undefined ? '—' : span(view.ringMillis)),
        fact('First audio after', view.setupMillis === undefined ? '—' : span(view.setupMillis)),
        fact('Begun', view.history[0] ? el('time', { datetime: view.history[0].time }, when(view.history[0].time)) : '—')),
    ];
  }

  way() {
    const reached = new Map(this.view.history.map((step) => [step.state, step]));
    const off = this.view.history.map((step) => step.state).filter((state) => !WAY.includes(state) && state !== 'VALIDATED');
    const steps = off.length === 0 ? WAY : [...WAY.filter((state) => reached.has(state) && state !== 'CLOSED'), ...off, 'CLOSED'];
    return el('ol', { class: 'steps', 'aria-label': 'How far it is' }, [...new Set(steps)].map((state) => {
      const step = reached.get(state);
      const current = state === this.view.state;
      return el('li', { class: step ? 'reached' : 'ahead', 'aria-current': current ? 'step' : null },
        el('span', { class: 'dot', 'aria-hidden': 'true' }), el('span', { class: 'word' }, stateWord(state)),
        el('span', { class: 'at' }, step ? offset(this.view.history[0].time, step.time) : ''));
    }));
  }

  /** Whether the expert is on the bridge, as the log says. */
  bridge() {
    let on = false;
    for (const entry of this.events) {
      if (entry.event === 'expert_joined') on = true;
      if (entry.event === 'expert_left' || entry.event === 'closed') on = false;
    }
    return on;
  }

  council() {
    const { members, votes, quorum, open } = this.view.council;
    if (members.length === 0) return []; // nobody is called yet, or the expert decides alone
    const cast = new Map(votes.map((vote) => [vote.guardian, vote]));
    const bridge = (on) => (ended(this.view) ? 'past' : on ? 'on' : 'off');
    const seats = members.map((member) => seat(member.guardian, 'guardian', bridge(member.onBridge), cast.get(member.guardian), open));
    if (this.view.expert) seats.unshift(seat(shortName(this.view.expert), 'expert', bridge(this.bridge()), undefined, false));
    seats.forEach((one, i) => one.style.setProperty('--turn', `${i / seats.length}turn`));
    const count = (vote) => votes.filter((one) => one.vote === vote).length;
    return [
      el('h3', {}, 'Council'),
      el('div', { class: seats.length > MOST_SEATS ? 'table crowd' : 'table' },
        el('div', { class: 'board-top' },
          el('p', { class: 'tally' }, el('strong', {}, `${votes.length}`), quorum === 0 ? ' — the expert decides' : ` of ${members.length} voted`),
          quorum === 0 ? null : el('p', { class: 'quorum' }, `${count('approve')} for, ${count('reject')} against, ${count('abstain')} abstained · quorum ${quorum}`),
          this.view.council.deadline && open ? el('p', { class: 'countdown', role: 'timer', 'aria-label': 'Time left to vote' }) : null,
          el('p', { class: 'hint' }, open ? 'Voting is open' : ended(this.view) ? 'Voting is over' : 'Voting has not begun')),
        el('ul', { class: 'seats', 'aria-label': 'Who sits in the council' }, seats)),
      votes.some((vote) => vote.conditions?.length) ? el('ul', { class: 'conditions' }, votes.filter((vote) => vote.conditions?.length)
        .map((vote) => el('li', {}, el('strong', {}, vote.guardian), ` asks for: ${vote.conditions.join('; ')}`))) : null,
    ];
  }

  tick() {
    const { deadline, votes } = this.view.council;
    const left = new Date(deadline) - Date.now();
    for (const countdown of [this.parts.council, this.parts.actions].flatMap((part) => [...part.querySelectorAll('.countdown')])) {
      countdown.textContent = !deadline ? '' : left > 0 ? `${minutes(left)} left` : 'Time is up';
      countdown.classList.toggle('short', left < 30000);
    }
    const withdraw = this.parts.actions.querySelector('[data-vote=withdraw]');
    if (withdraw) withdraw.hidden = !votes.some((vote) => vote.guardian === this.who.id); // nothing to withdraw yet
  }

  decision() {
    const decision = this.view.decision;
    if (!decision) return [];
    const payload = decision.payload;
    const [kind, word] = VERDICTS[payload.decision] ?? ['idle', payload.decision];
    const signature = proofLine('Signature', 'being checked …');
    const witnessed = proofLine('Log entry', 'being checked …');
    this.prove(decision, signature, witnessed);
    return el('div', { class: `verdict ${kind}` },
      el('h3', {}, word),
      payload.reason ? el('p', { class: 'reason' }, payload.reason) : null,
      payload.conditions?.length ? [el('p', { class: 'label' }, 'On the condition that'), el('ol', {}, payload.conditions.map((text) => el('li', {}, text)))] : null,
      el('ul', { class: 'proofs' }, signature.line, witnessed.line),
      el('details', {}, el('summary', {}, 'The signed message'), el('pre', { tabindex: '0' }, JSON.stringify(decision, null, 2)),
        copyButton(JSON.stringify(decision), 'Copy the signed decision')));
  }

  async prove(decision, signature, witnessed) {
    const { seq, hash } = decision.payload.witness ?? {};
    const keyId = decision.signature?.keyId;
    if (this.keys === null) {
      signature.say('unknown', `by key ${keyId}; this browser cannot check it here (it needs HTTPS or localhost, and Ed25519)`);
    } else {
      const holds = await decisionHolds(decision, this.keys).catch(() => false);
      signature.say(holds ? 'good' : 'bad', holds ? `holds, by the bus's key ${keyId}; checked in this browser` : `DOES NOT HOLD under any key of this bus (${keyId})`);
    }
    try {
      const [entry] = (await get(`/v1/witness/entries?from=${seq}&limit=1`)).entries;
      const same = entry?.seq === seq && entry.hash === hash;
      witnessed.say(same ? 'good' : 'bad', same ? `#${seq} in the log has the hash that the decision names` : `#${seq} in the log is NOT the one that the decision names`);
      if (same) witnessed.line.append(' ', el('button', { type: 'button', class: 'copy', onclick: () => showEntry(entry) }, 'Show'));
    } catch (problem) {
      witnessed.say('unknown', `#${seq} could not be read: ${problem.message}`);
    }
  }

  /** What this token may do now. */
  may() {
    const open = this.view.council.open;
    const eligible = this.view.council.members.some((member) => member.guardian === this.who.id);
    return { vote: this.who.role === 'guardian' && open && eligible, cancel: this.who.role !== 'guardian' && !ended(this.view) };
  }

  actions() {
    const { vote, cancel } = this.may();
    if (vote) return this.ballot();
    if (!cancel) return [];
    return el('div', { class: 'buttons' }, el('button', { type: 'button', class: 'danger', onclick: () => this.askCancel() }, 'Cancel this escalation'));
  }

  ballot() {
    const conditions = el('textarea', { id: 'conditions', rows: '2', maxlength: '4000', 'aria-describedby': 'conditions-hint' });
    const reason = el('input', { id: 'reason', type: 'text', maxlength: '2000' });
    const problem = el('p', { class: 'problem', role: 'alert' });
    const buttons = [['approve', 'Approve', 'good'], ['reject', 'Reject', 'bad'], ['abstain', 'Abstain', 'idle'], ['withdraw', 'Withdraw my vote', 'quiet']]
      .map(([vote, word, kind]) => el('button', { type: 'button', class: kind, 'data-vote': vote, onclick: () => send(vote) }, word));
    const send = async (vote) => {
      problem.textContent = '';
      const asked = vote === 'approve' ? conditions.value.split('\n').map((line) => line.trim()).filter(Boolean) : [];
      const pressed = document.activeElement;
      buttons.forEach((button) => { button.disabled = true; });
      try {
        this.onChanged(await post(`/v1/escalations/${this.id}/votes`, { vote, conditions: asked, ...(reason.value.trim() ? { reason: reason.value.trim() } : {}) }));
        announce(vote === 'withdraw' ? 'Your vote is withdrawn.' : `Your vote counts: ${vote}.`);
      } catch (failed) {
        problem.textContent = failed.message;
      } finally {
        buttons.forEach((button) => { button.disabled = false; });
        if (document.activeElement === document.body) (pressed.hidden ? conditions : pressed).focus(); // a disabled button loses the focus
      }
    };
    return el('form', { class: 'card ballot', onsubmit: (event) => event.preventDefault() },
      el('h3', {}, `Your vote, ${this.who.id} `, el('span', { class: 'countdown', 'aria-hidden': 'true' })), // the council says it aloud
      el('label', { for: 'conditions' }, 'Conditions, if you approve with any'), conditions,
      el('p', { id: 'conditions-hint', class: 'hint' }, 'One a line. The last vote you cast counts, by phone or here.'),
      el('label', { for: 'reason' }, 'Reason (optional)'), reason,
      el('div', { class: 'buttons' }, buttons), problem);
  }

  /** After the call: how useful the expert was. */
  rating() {
    const took = this.view.history.some((step) => step.state === 'ACCEPTED');
    const guardian = this.view.council.members.some((member) => member.guardian === this.who.id);
    if (!took || !this.view.decision || this.who.id === '' || (this.who.role === 'guardian' && !guardian)) return [];
    const note = el('textarea', { id: 'rating-note', rows: '2', maxlength: '2000' });
    const said = el('p', { class: 'hint', role: 'status' });
    const problem = el('p', { class: 'problem', role: 'alert' });
    const send = el('button', { type: 'submit' }, 'Keep my answer');
    const words = ['of no use', 'of little use', 'useful', 'very useful', 'could not have been done without'];
    const choices = words.map((word, i) => el('label', { class: 'choice', title: word },
      el('input', { type: 'radio', name: 'usefulness', value: String(i + 1), required: true, 'aria-label': `${i + 1}, ${word}` }), String(i + 1)));
    const form = el('form', { class: 'card rating-form', onsubmit: async (event) => {
      event.preventDefault();
      problem.textContent = '';
      send.disabled = true;
      try {
        const usefulness = Number(new FormData(form).get('usefulness'));
        await post(`/v1/escalations/${this.id}/feedback`, { usefulness, ...(note.value.trim() ? { note: note.value.trim() } : {}) });
        said.textContent = `Kept: ${usefulness} of 5, ${words[usefulness - 1]}. A new answer replaces it.`;
      } catch (failed) {
        problem.textContent = failed.message;
      } finally {
        send.disabled = false;
      }
    } }, el('fieldset', {}, el('legend', {}, 'How useful was the expert?'), el('div', { class: 'choices' }, choices),
      el('p', { class: 'hint' }, '1 of no use, 5 could not have been done without. It helps to choose whom to ring.')),
    el('label', { for: 'rating-note' }, 'Note (optional)'), note, el('div', { class: 'buttons' }, send), said, problem);
    get(`/v1/escalations/${this.id}/feedback`).then(({ feedback }) => {
      const mine = feedback.find((one) => one.rater.id === this.who.id && one.rater.role === this.who.role);
      if (!mine) return;
      form.querySelector(`input[value="${mine.usefulness}"]`).checked = true;
      said.textContent = `Your answer stands at ${mine.usefulness} of 5.`;
    }, () => {}); // the form does without
    return form;
  }

  askCancel() {
    const problem = el('p', { class: 'problem', role: 'alert' });
    const sure = el('button', { type: 'button', class: 'danger', onclick: async () => {
      sure.disabled = true;
      try {
        this.onChanged(await remove(`/v1/escalations/${this.id}`));
        dialog.close();
        announce('Cancelled.');
      } catch (failed) {
        problem.textContent = failed.message;
        sure.disabled = false;
      }
    } }, 'Yes, cancel it');
    const dialog = showDialog('Cancel this escalation?', el('p', {}, 'Phones stop ringing, calls end, and the agent is told “cancelled”. This cannot be undone.'), problem, sure);
  }

  player() {
    if (!this.view.recording || this.who.role === 'agent') return [];
    const place = el('div', {});
    const button = el('button', { type: 'button', onclick: load }, 'Load the recording');
    const panel = this;
    async function load() {
      button.disabled = true;
      try {
        panel.sound = URL.createObjectURL(await blob(panel.view.recording));
        fill(place, el('audio', { controls: true, src: panel.sound, 'aria-label': 'Recording of the calls' }),
          el('a', { href: panel.sound, download: `${panel.id}.wav`, class: 'copy' }, 'Save'));
      } catch (problem) {
        button.disabled = false;
        fill(place, button, el('p', { class: 'problem', role: 'alert' }, problem.message));
      }
    }
    fill(place, button);
    return [el('h3', {}, 'Recording'), place];
  }

  drawTimeline() {
    this.draws.council([this.view.council, this.view.expert, this.view.state, this.bridge()], () => this.council());
    this.tick();
    const hidden = this.events.filter(isSignalling).length;
    const shown = this.signalling ? this.events : this.events.filter((entry) => !isSignalling(entry));
    this.draws.timeline([shown.map((entry) => entry.seq), hidden, this.signalling], () => {
      if (this.events.length === 0) return [el('h3', {}, 'What happened'), el('p', { class: 'empty' }, 'Loading …')];
      const start = this.events[0].time;
      return [
        el('div', { class: 'line-head' }, el('h3', {}, 'What happened'),
          hidden > 0 ? el('label', { class: 'switch' }, el('input', { type: 'checkbox', '.checked': this.signalling, onchange: (event) => {
            this.signalling = event.target.checked;
            this.drawTimeline();
          } }), `Signalling (${hidden})`) : null),
        el('ol', { class: 'line' }, shown.map((entry) => el('li', { class: entry.component === 'IF.escalate' ? `state ${entry.event}` : entry.component.slice(3) },
          el('span', { class: 'at', title: when(entry.time) }, offset(start, entry.time)),
          el('span', { class: 'what' }, el('strong', {}, entry.event.replaceAll('_', ' ')), ' ', el('span', {}, gist(entry))),
          el('button', { type: 'button', class: 'seq', 'aria-label': `Show entry ${entry.seq}`, onclick: () => showEntry(entry) }, `#${entry.seq}`)))),
      ];
    });
  }
}

const isSignalling = (entry) => entry.component === 'IF.sip' || entry.component === 'IF.h323' || entry.component === 'IF.webrtc';

const LEFT_OUT = new Set(['escalation', 'leg', 'policyHash', 'requestSha256', 'request', 'inputs', 'message', 'callId', 'signed', 'byPeer']);

/** What goes without saying: a first attempt, no status, an address that is the party's name already. */
const isUsual = (name, value, payload) => (name === 'attempt' && value === 1) || (name === 'status' && value === 0) || (name === 'uri' && value === payload.party);

/** A value in words: a thing by its name, or by what it has; what is not so is left out. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (value === null || typeof value !== 'object') return String(value ?? '');
  return value.name ?? `(${Object.entries(value).filter(([, one]) => one !== false).map(([name, one]) => `${name} ${plain(one)}`).join(', ')})`;
}

/** What an entry's payload says, in a few words. */
function gist(entry) {
  const payload = entry.payload ?? {};
  const words = Object.entries(payload).filter(([name, value]) => !LEFT_OUT.has(name) && value !== '' && value !== null && !isUsual(name, value, payload))
    .map(([name, value]) => {
      const text = plain(value);
      if (text === '') return '';
      if (name === 'millis') return `after ${span(value)}`;
      return ['guardian', 'expert', 'party', 'result', 'decision', 'vote', 'source'].includes(name) ? text : `${name} ${text}`;
    }).filter(Boolean).join(' · ');
  return words.length > 220 ? `${words.slice(0, 219)}…` : words;
}

const BRIDGE = { on: 'on the bridge', off: 'not on the bridge', past: '' };

function seat(name, role, bridge, cast, open) {
  const [kind, sign, word] = cast ? VOTES[cast.vote] ?? ['idle', '?', cast.vote] : ['none', '', open ? 'has not voted' : bridge === 'past' ? 'did not vote' : ''];
  return el('li', { class: `seat ${role} ${bridge} ${kind}`, '--hue': String(hue(name)) },
    el('span', { class: 'face', 'aria-hidden': 'true' }, name.slice(0, 2).toUpperCase(), sign ? el('span', { class: 'sign' }, sign) : null),
    el('span', { class: 'name', title: name }, name),
    el('span', { class: 'role' }, [role === 'expert' ? 'expert' : '', BRIDGE[bridge]].filter(Boolean).join(', ')),
    word && role !== 'expert' ? el('span', { class: 'vote' }, cast?.conditions?.length ? 'with conditions' : word) : null);
}

function hue(name) {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)) % 360;
  return sum;
}

function fact(name, ...value) { return el('div', {}, el('dt', {}, name), el('dd', {}, ...value)); }

function proofLine(name, text) {
  const words = el('span', {}, text);
  const line = el('li', { class: 'unknown' }, el('strong', {}, name), ' ', words);
  return { line, say: (kind, said) => { line.className = kind; words.textContent = said; } };
}

