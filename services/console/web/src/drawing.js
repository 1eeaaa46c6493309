// The diagram editor: bpmn-js with its panel, our element templates and our words.
import Modeler from 'bpmn-js/lib/Modeler';
import {
  BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
} from 'bpmn-js-properties-panel';
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import CamundaPlatformBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import Minimap from 'diagram-js-minimap';
import { choosingOn } from './choosing.js';
import { Translating } from './translating.js';

/** Groups of the panel whose settings the engine ignores or forbids. */
const HIDDEN = new Set([
  'AsynchronousContinuations', 'JobExecution', 'ExternalTask', 'HistoryCleanup', 'Tasklist', 'ExecutionListener',
  'ExtensionTaskListener', 'TaskListener', 'Input', 'Output', 'ConnectorInput', 'ConnectorOutput', 'FieldInjection',
  'BusinessKey', 'StartInitiator', 'FormData', 'VersionTag', 'Errors', 'TimeoutTaskListener',
].map((name) => `CamundaPlatform__${name}`));

function HiddenGroups(propertiesPanel) {
  propertiesPanel.registerProvider(400, {
    getGroups: () => (groups) => groups.filter((group) => !HIDDEN.has(group.id)),
  });
}
HiddenGroups.$inject = ['propertiesPanel'];

/** The editor in `container`, its panel in `panel`; `templates` are the element templates. */
export function editorIn(container, panel, templates) {
  const modeler = new Modeler({
    container,
    propertiesPanel: { parent: panel },
    zoomScroll: { enabled: true },
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
      ElementTemplatesPropertiesProviderModule, CamundaPlatformBehaviors, Minimap,
      Translating,
      { __init__: ['hiddenGroups'], hiddenGroups: ['type', HiddenGroups] },
    ],
    moddleExtensions: { camunda },
  });
  modeler.get('elementTemplatesLoader').setTemplates(templates);
  choosingOn(modeler);
  return modeler;
}

const EDGE = 20; // pixels around the diagram
const READABLE = 0.6; // below it nobody reads the names

/** The diagram right of the palette: the whole of it, or, if it were too small to read, its beginning. */
export function fit(modeler, readable = 0) {
  const canvas = modeler.get('canvas'), { inner, outer } = canvas.viewbox();
  const left = canvas.getContainer().querySelector('.djs-palette').offsetWidth + 2 * EDGE;
  const whole = Math.min((outer.width - left - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height, 1);
  const scale = Math.max(whole, readable), above = Math.max((outer.height / scale - inner.height) / 2, EDGE / scale);
  const box = { x: inner.x - left / scale, y: inner.y - above };
  canvas.viewbox({ ...box, width: outer.width / scale, height: outer.height / scale });
}

/** The diagram as it is first seen. */
export function beginning(modeler) {
  fit(modeler, READABLE);
}

/** Selects an element, in the middle of the canvas, with the keyboard on it. Gives whether there is one. */
export function choose(modeler, id) {
  const element = modeler.get('elementRegistry').get(id), canvas = modeler.get('canvas');
  if (!element) return false;
  if (element.parent) canvas.scrollToElement(element, { top: 120, bottom: 120, left: 200, right: 200 });
  modeler.get('selection').select(element.parent ? element : []);
  canvas.focus();
  return true;
}
