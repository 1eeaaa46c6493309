// The page of one file of a draft. A diagram gets the editor, any other file its text; both are saved and checked.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './viewer.css';
import './studio.css';
import { choose, editorIn, untranslated } from './drawing.js';
import { Checking } from './checking.js';
import { Saving } from './saving.js';
import { say } from './words.js';

const PANEL_LISTENS = 150; // milliseconds after which the panel hears of a selection: it begins to listen once it is drawn

/** The editor over the text of a diagram; without one when it cannot be read: then its text is there to be mended. */
async function opened(page, source) {
  const canvas = document.getElementById('canvas');
  if (!canvas) return null;
  const templates = await (await fetch(page.dataset.templates)).json();
  const modeler = editorIn(canvas, document.getElementById('panel'), templates);
  try {
    await modeler.importXML(source.value);
  } catch (error) {
    modeler.destroy();
    document.getElementById('drawing').hidden = true;
    document.getElementById('alerts').textContent = `${say('图形无法显示')}：${error.message}`;
    return null;
  }
  document.getElementById('source-box').open = false;
  modeler.get('canvas').zoom('fit-viewport', 'auto');
  if (modeler.get('canvas').zoom() < 0.5) modeler.get('canvas').zoom(0.6, { x: 0, y: 0 });
  canvas.modeler = modeler;
  return modeler;
}

/** The drawing over the whole window, with its buttons, and back. */
function enlarge(button, canvas) {
  const large = document.body.classList.toggle('gh-large');
  button.setAttribute('aria-pressed', String(large));
  canvas.resized();
}

/** Undo and redo by buttons, for those who know no keys. */
function buttons(modeler) {
  document.querySelectorAll('[data-does]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => {
      const does = button.dataset.does, canvas = modeler.get('canvas');
      if (does === 'fit') canvas.zoom('fit-viewport', 'auto');
      else if (does === 'in') canvas.zoom(canvas.zoom() * 1.25);
      else if (does === 'out') canvas.zoom(canvas.zoom() / 1.25);
      else if (does === 'full') enlarge(button, canvas);
      else modeler.get('commandStack')[does]();
    });
  });
}

async function begin() {
  const page = document.getElementById('studio');
  if (!page) return;
  const source = document.getElementById('source');
  const modeler = await opened(page, source);
  const read = async () => {
    if (modeler) source.value = (await modeler.saveXML({ format: true })).xml;
    return source.value;
  };
  const saving = new Saving(page, document.getElementById('saved'), read);
  const checking = new Checking(page, document.getElementById('findings'), read, modeler);
  const touched = () => { saving.touch(); checking.touch(); };
  if (modeler) {
    buttons(modeler);
    modeler.on('commandStack.changed', touched);
    source.readOnly = true;
    document.getElementById('source-box').addEventListener('toggle', read);
    await new Promise((done) => { setTimeout(done, PANEL_LISTENS); });
    if (page.dataset.element) choose(modeler, page.dataset.element);
  } else source.addEventListener('input', touched);
  document.querySelectorAll('[data-save-now]').forEach((one) => {
    one.addEventListener('click', (event) => { event.preventDefault(); saving.save(true); });
  });
  Object.assign(page, { saving, checking, modeler, untranslated });
  page.dataset.ready = 'true';
  checking.check();
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
else begin();
