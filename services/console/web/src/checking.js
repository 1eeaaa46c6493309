// Lint as one draws: the files go to the server, the findings come back as a list and as badges on the diagram.
import { csrf, words } from './saving.js';

const CALM = 900;

export class Checking {
  constructor(page, list, read, drawing) {
    Object.assign(this, { page, list, read, drawing, timer: null, round: 0 });
    list.addEventListener('click', (event) => {
      const link = event.target.closest('[data-shows]');
      if (!link || !drawing || link.dataset.file !== page.dataset.file) return;
      if (drawing.choose(link.dataset.shows)) event.preventDefault();
    });
  }

  touch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CALM);
  }

  async check() {
    const round = ++this.round;
    this.list.setAttribute('aria-busy', 'true');
    const answer = await fetch(this.page.dataset.lint, {
      method: 'POST',
      body: await this.read(),
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-CSRF': csrf(), 'HX-Request': 'true' },
    }).catch((error) => ({ ok: false, text: async () => error.message }));
    if (round !== this.round) return; // a newer one is under way
    if (answer.ok) this.list.innerHTML = await answer.text();
    else this.list.textContent = `${await words(answer)}`;
    this.list.removeAttribute('aria-busy');
    this.list.dataset.round = String(round);
    if (this.drawing) this.mark(this.drawing.modeler);
  }

  mark(modeler) {
    const overlays = modeler.get('overlays'), known = modeler.get('elementRegistry'), found = new Map();
    overlays.remove({ type: 'gh-lint' });
    this.list.querySelectorAll('[data-shows]').forEach((link) => {
      const id = link.dataset.shows;
      if (link.dataset.file !== this.page.dataset.file || !known.get(id)) return;
      const one = found.get(id) || { count: 0, bad: false };
      found.set(id, { count: one.count + 1, bad: one.bad || link.dataset.severity === 'error' });
    });
    found.forEach(({ count, bad }, id) => {
      const badge = document.createElement('span');
      badge.className = `gh-badge gh-badge-${bad ? 'bad' : 'warn'}`;
      badge.textContent = `${bad ? '✕' : '!'} ${count}`;
      overlays.add(id, 'gh-lint', { position: { bottom: 10, left: 6 }, html: badge });
    });
  }
}
