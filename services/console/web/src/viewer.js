// Diagrams to look at: every <div data-diagram="address of the XML"> becomes one. See README.md for its attributes.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { show, showMarks } from './marks.js';
import { say } from './words.js';

const SMALLEST = 0.5; // below this nobody reads the names of steps: rather a part of the diagram
const HIGHEST = 560;
const LOWEST = 240;

/** Fills the width; a diagram too wide for that is shown from its current step, or from its beginning. */
function fit(viewer, box) {
  const canvas = viewer.get('canvas'), first = (box.dataset.now || '').split(/[\s,]+/)[0];
  const { inner } = canvas.viewbox();
  const wanted = Math.min(1, (box.clientWidth - 40) / inner.width);
  const scale = Math.max(wanted, SMALLEST);
  const height = Math.max(LOWEST, Math.min(HIGHEST, inner.height * scale + 60));
  box.style.height = `${Math.round(height)}px`;
  canvas.resized();
  const width = box.clientWidth / scale, tall = height / scale;
  const x = wanted < SMALLEST ? inner.x - 20 / scale : inner.x - (width - inner.width) / 2;
  canvas.viewbox({ x, y: inner.y - Math.max(30, (tall - inner.height) / 2), width, height: tall });
  if (first && viewer.get('elementRegistry').get(first)) canvas.scrollToElement(first, 120);
}

function button(text, act) {
  const one = document.createElement('button');
  one.type = 'button';
  one.textContent = text;
  one.addEventListener('click', act);
  return one;
}

function toolbar(viewer, box) {
  const bar = document.createElement('div'), canvas = viewer.get('canvas');
  bar.className = 'gh-tools no-print';
  bar.append(
    button(say('放大'), () => canvas.zoom(canvas.zoom() * 1.25, 'auto')),
    button(say('缩小'), () => canvas.zoom(canvas.zoom() / 1.25, 'auto')),
    button(say('全图'), () => canvas.zoom('fit-viewport', 'auto')),
  );
  if (box.dataset.now) bar.append(button(say('当前环节'), () => fit(viewer, box)));
  box.before(bar);
}

/** Rows outside with `data-element` (and `data-of`, if there are several diagrams) go with the elements inside. */
function rowsOf(box, id) {
  return Array.from(document.querySelectorAll(`[data-element="${CSS.escape(id)}"]`)).filter(
    (row) => !box.contains(row) && (!row.dataset.of || row.dataset.of === box.id),
  );
}

/** Two diagrams side by side (`data-with`: the id of the other) show the same part. */
function together(viewer, box) {
  viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
    const other = document.getElementById(box.dataset.with);
    if (!other || !other.viewer || other.moved || box.moved) return;
    other.moved = true;
    const { x, y, width, height } = viewbox;
    other.viewer.get('canvas').viewbox({ x, y, width, height });
    setTimeout(() => { other.moved = false; }, 300); // it tells its own move a moment later
  });
}

async function draw(box) {
  if (box.dataset.drawn) return;
  box.dataset.drawn = 'begun';
  const viewer = new NavigatedViewer({ container: box, zoomScroll: { enabled: false } });
  try {
    const answer = await fetch(box.dataset.diagram, { headers: { Accept: 'application/xml' } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    await viewer.importXML(await answer.text());
  } catch (error) {
    viewer.destroy();
    box.textContent = `${say('图形无法显示')}（${error.message}）：${say('环节说明见下方表格')}`;
    box.dataset.drawn = 'failed';
    return;
  }
  fit(viewer, box);
  showMarks(viewer, box.dataset);
  toolbar(viewer, box);
  box.viewer = viewer;
  if (box.dataset.with) together(viewer, box);
  viewer.on('element.click', ({ element }) => {
    show(viewer, element.id);
    box.dispatchEvent(new CustomEvent('element:chosen', { bubbles: true, detail: { id: element.id } }));
    document.querySelectorAll('tr[data-element][aria-current]').forEach((row) => row.removeAttribute('aria-current'));
    rowsOf(box, element.id).forEach((row) => row.setAttribute('aria-current', 'true'));
  });
  box.dataset.drawn = 'done';
}

document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('[data-shows]');
  if (!link) return;
  const boxes = link.dataset.of ? [document.getElementById(link.dataset.of)] : document.querySelectorAll('[data-diagram]');
  Array.from(boxes).forEach((box) => {
    if (box && box.viewer && show(box.viewer, link.dataset.shows)) {
      event.preventDefault();
      box.scrollIntoView({ block: 'nearest' });
    }
  });
});

function drawAll() {
  document.querySelectorAll('[data-diagram]').forEach(draw);
}
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', drawAll);
else drawAll();
document.addEventListener('htmx:afterSettle', drawAll);
