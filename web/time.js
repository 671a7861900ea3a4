// Times and durations for people.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const short = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** 14:02:07 today, else with its date. */
export function when(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
}

/** 14:02:07, whatever the day. */
export const timeOfDay = (time) => clock.format(new Date(time));

/** Nov 20; nothing for today. */
export function dayOf(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? '' : short.format(date);
}

/** How long ago: 12 s, 4 min, 3 h, 2 d. */
export function age(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - new Date(time)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** From one moment to another: +128 ms, +4.21 s, +3:07. */
export function offset(from, to) { return '+' + span(new Date(to) - new Date(from)); }

/** 128 ms, 4.2 s, 3:07. */
export function span(millis) {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  if (millis < 60000) return `${(millis / 1000).toFixed(millis < 10000 ? 2 : 1)} s`;
  return minutes(millis);
}

/** What is left, 4:59; 0:00 when it is over. */
export function minutes(millis) {
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
