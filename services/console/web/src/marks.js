// What a diagram shows besides itself: current and finished steps, differences, heat, badges.

const KINDS = { now: 'gh-now', done: 'gh-done' };

/** Ids in an attribute, separated by blanks or commas. */
function ids(text) {
  return (text || '').split(/[\s,]+/).filter(Boolean);
}

function json(text) {
  if (!text) return {};
  try { return JSON.parse(text); } catch (error) { return {}; }
}

function badge(text, kind) {
  const mark = document.createElement('span');
  mark.className = `gh-badge${kind ? ` gh-badge-${kind}` : ''}`;
  mark.textContent = text;
  return mark;
}

/**
 * Puts on a viewer what `data-now`, `data-done` (ids), `data-marks` ({id: kind}: added, removed, changed, moved, failed,
 * passed), `data-heat` ({id: 0..4}) and `data-badges` ({id: text, or {text, kind}}) say. Unknown ids are passed over.
 */
export function showMarks(viewer, data) {
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), known = viewer.get('elementRegistry');
  const mark = (id, name) => { if (known.get(id)) canvas.addMarker(id, name); };
  Object.keys(KINDS).forEach((name) => ids(data[name]).forEach((id) => mark(id, KINDS[name])));
  Object.entries(json(data.marks)).forEach(([id, kind]) => mark(id, `gh-${kind}`));
  Object.entries(json(data.heat)).forEach(([id, level]) => mark(id, `gh-heat-${level}`));
  Object.entries(json(data.badges)).forEach(([id, said]) => {
    if (!known.get(id)) return;
    const { text, kind } = typeof said === 'string' ? { text: said } : said;
    overlays.add(id, 'gh', { position: { top: -12, right: 18 }, html: badge(text, kind) });
  });
}

/** Scrolls an element into the middle and marks it for as long as nothing else is. Gives whether there is one. */
export function show(viewer, id) {
  const canvas = viewer.get('canvas'), element = viewer.get('elementRegistry').get(id);
  viewer.get('elementRegistry').forEach((one) => canvas.removeMarker(one, 'gh-shown'));
  if (!element || element === canvas.getRootElement()) return false;
  canvas.scrollToElement(element, { top: 100, bottom: 100, left: 200, right: 200 });
  canvas.addMarker(element, 'gh-shown');
  return true;
}
