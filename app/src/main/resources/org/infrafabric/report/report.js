'use strict';
// Plays the recording from the moments of the story, and shows in both where it is.
const players = [...document.querySelectorAll('figure.sound')].map((figure) => ({ audio: figure.querySelector('audio'), outline: figure.querySelector('.outline') }))
  .filter(({ audio }) => audio);
const moments = [...document.querySelectorAll('button[data-at]')];

const playerOf = (moment) => players[Number(moment.dataset.player)].audio;

function playFrom(audio, seconds) {
  for (const other of players) if (other.audio !== audio) other.audio.pause();
  audio.currentTime = seconds;
  audio.play().catch(() => { /* paused again before it began, or no sound device: it stands at the right place */ });
}

for (const { audio, outline } of players) {
  if (!outline) continue;
  const needle = outline.querySelector('i');
  outline.addEventListener('click', (event) => {
    const box = outline.getBoundingClientRect();
    if (audio.duration > 0) playFrom(audio, (event.clientX - box.left) / box.width * audio.duration);
  });
  const show = () => { needle.style.left = audio.duration > 0 ? `${100 * audio.currentTime / audio.duration}%` : '0'; };
  for (const event of ['timeupdate', 'seeked', 'loadedmetadata']) audio.addEventListener(event, show);
}

function markMoment(mix) {
  const now = moments.findLast((moment) => playerOf(moment) === mix && Number(moment.dataset.at) <= mix.currentTime + 0.05);
  for (const moment of moments) {
    if (moment === now && mix.currentTime > 0) moment.parentElement.setAttribute('aria-current', 'time');
    else moment.parentElement.removeAttribute('aria-current');
  }
}

for (const moment of moments) moment.addEventListener('click', () => playFrom(playerOf(moment), Number(moment.dataset.at)));
for (const mix of new Set(moments.map(playerOf))) {
  for (const event of ['timeupdate', 'seeked']) mix.addEventListener(event, () => markMoment(mix));
}
