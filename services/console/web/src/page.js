// The page of one file of a draft: its text, or an editor over it; saved by itself, checked as one goes.
import { Checking } from './checking.js';
import { Saving } from './saving.js';
import { untranslated } from './translating.js';
import { say } from './words.js';

/** The text alone: what cannot be read stays there to be mended. */
function textAlone(error) {
  document.getElementById('drawing').hidden = true;
  document.getElementById('alerts').textContent = `${say('图形无法显示')}：${error.message}`;
  return null;
}

/**
 * `opened(page, text)` gives the editor: `save()` its text, `heard(act)` calls when something changed, `modeler`, and
 * what else a page of its kind has. Without it, and where it fails, the text itself is edited.
 */
async function begin(opened) {
  const page = document.getElementById('studio');
  if (!page) return;
  const source = document.getElementById('source'), has = document.getElementById('drawing');
  const editor = has ? await opened(page, source.value).catch(textAlone) : null;
  const read = async () => {
    if (editor) source.value = await editor.save();
    return source.value;
  };
  const saving = new Saving(page, document.getElementById('saved'), read);
  const checking = new Checking(page, document.getElementById('findings'), read, editor && editor.choose ? editor : null);
  const touched = () => { saving.touch(); checking.touch(); };
  if (editor) {
    const box = document.getElementById('source-box');
    box.open = false;
    source.readOnly = true;
    box.addEventListener('toggle', read);
    editor.heard(touched);
  } else source.addEventListener('input', touched);
  document.querySelectorAll('[data-save-now]').forEach((one) => {
    one.addEventListener('click', (event) => { event.preventDefault(); saving.save(true); });
  });
  Object.assign(page, { saving, checking, modeler: editor && editor.modeler, untranslated });
  page.dataset.ready = 'true';
  checking.check();
}

/** Begins once the page is there. */
export function beginWith(opened) {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => begin(opened));
  else begin(opened);
}
