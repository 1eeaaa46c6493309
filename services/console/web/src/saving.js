// A file of a draft: what is typed or drawn goes to the server by itself; leaving before that asks.
import { say } from './words.js';

const CALM = 4000;

export class Saving {
  /** `read` gives the text as it stands now; `page` has the addresses, `status` shows how it stands. */
  constructor(page, status, read) {
    Object.assign(this, { page, status, read, changed: false, underWay: null, timer: null, tag: page.dataset.tag });
    window.addEventListener('beforeunload', (event) => {
      if (!this.changed) return;
      event.preventDefault();
      event.returnValue = '';
    });
    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      this.save(true);
    });
    document.addEventListener('click', (event) => this.leave(event, event.target.closest && event.target.closest('a[href]')));
    document.addEventListener('submit', (event) => this.send(event), true);
  }

  touch() {
    this.changed = true;
    this.tell('有未保存的修改');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(false), CALM);
  }

  tell(text, more) {
    this.status.textContent = say(text) + (more ? `：${more}` : '');
    this.status.dataset.state = this.changed ? 'open' : 'kept';
  }

  /** Saves what has changed; `mark` keeps it in the history as a point to come back to. Gives whether it is kept. */
  async save(mark) {
    clearTimeout(this.timer);
    if (this.underWay) await this.underWay;
    if (!this.changed && !mark) return true;
    this.underWay = this.put(mark);
    const kept = await this.underWay;
    this.underWay = null;
    return kept;
  }

  async put(mark) {
    const text = await this.read();
    this.changed = false;
    this.tell('正在保存');
    try {
      const answer = await fetch(this.page.dataset.save + (mark ? '&mark=true' : ''), {
        method: 'PUT',
        body: text,
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-CSRF': csrf(), 'HX-Request': 'true', 'If-Match': this.tag },
      });
      if (answer.status === 401) return this.failed(say('登录已过期，请在另一个窗口登录后再保存'));
      if (!answer.ok) return this.failed(await words(answer));
      this.tag = answer.headers.get('etag') || this.tag;
    } catch (error) {
      return this.failed(error.message);
    }
    this.tell(this.changed ? '有未保存的修改' : '已保存');
    return true;
  }

  failed(why) {
    this.changed = true;
    this.tell('未能保存', why);
    return false;
  }

  /** A link to a page of ours: first save, then go. */
  async leave(event, link) {
    if (!link || event.defaultPrevented || !this.changed || link.target || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
    if (!link.closest('[data-saves]')) return;
    event.preventDefault();
    if (await this.save(false)) location.assign(link.href);
  }

  async send(event) {
    if (!this.changed || !event.target.closest('[data-saves]')) return;
    event.preventDefault();
    event.stopPropagation();
    if (await this.save(false)) event.target.submit();
  }
}

export function csrf() {
  return document.querySelector('meta[name=csrf]').content;
}

/** The words of a refusal, which comes as a piece of a page. */
export async function words(answer) {
  const box = document.createElement('div');
  box.innerHTML = await answer.text();
  const said = box.querySelector('.detail');
  return (said ? said.textContent : box.textContent).trim() || `${answer.status}`;
}
