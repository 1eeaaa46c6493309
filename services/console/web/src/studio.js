// The page of a diagram, or of a file that is text alone.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import './viewer.css';
import './studio.css';
import { beginning, choose, editorIn, fit } from './drawing.js';
import { beginWith } from './page.js';

const PANEL_LISTENS = 150; // milliseconds after which the panel hears of a selection: it begins to listen once it is drawn

/** The drawing over the whole window, with its buttons, and back. */
function enlarge(button, canvas) {
  const large = document.body.classList.toggle('gh-large');
  button.setAttribute('aria-pressed', String(large));
  const below = document.querySelector('.bar').offsetHeight;
  document.getElementById('drawing').style.top = large ? `${below}px` : '';
  canvas.resized();
}

/** Undo and redo by buttons, for those who know no keys. */
function buttons(modeler) {
  document.querySelectorAll('[data-does]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => {
      const does = button.dataset.does, canvas = modeler.get('canvas');
      if (does === 'fit') fit(modeler);
      else if (does === 'in') canvas.zoom(canvas.zoom() * 1.25);
      else if (does === 'out') canvas.zoom(canvas.zoom() / 1.25);
      else if (does === 'full') enlarge(button, canvas);
      else modeler.get('commandStack')[does]();
    });
  });
}

async function opened(page, text) {
  const canvas = document.getElementById('canvas');
  const templates = await (await fetch(page.dataset.templates)).json();
  const modeler = editorIn(canvas, document.getElementById('panel'), templates);
  await modeler.importXML(text).catch((error) => { modeler.destroy(); throw error; });
  beginning(modeler);
  canvas.modeler = modeler;
  buttons(modeler);
  await new Promise((done) => { setTimeout(done, PANEL_LISTENS); });
  if (page.dataset.element) choose(modeler, page.dataset.element);
  return {
    modeler,
    choose: (id) => choose(modeler, id),
    save: async () => (await modeler.saveXML({ format: true })).xml,
    heard: (act) => modeler.on('commandStack.changed', act),
  };
}

beginWith(opened);
