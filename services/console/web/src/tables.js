// The page of a decision table.
import Modeler from 'dmn-js/lib/Modeler';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-codes.css';
import './tables.css';
import { beginWith } from './page.js';
import { Translating } from './translating.js';

async function opened(page, text) {
  const container = document.getElementById('drawing');
  const own = { additionalModules: [Translating] };
  const modeler = new Modeler({ container, drd: own, decisionTable: own, literalExpression: own, boxedExpression: own });
  await modeler.importXML(text).catch((error) => { modeler.destroy(); throw error; });
  const table = modeler.getViews().find((view) => view.type === 'decisionTable');
  if (table) await modeler.open(table);
  container.modeler = modeler;
  return {
    modeler,
    save: async () => (await modeler.saveXML({ format: true })).xml,
    heard: (act) => {
      const heard = new Set();
      const listen = () => {
        const viewer = modeler.getActiveViewer();
        if (!viewer || heard.has(viewer)) return;
        heard.add(viewer);
        viewer.on('commandStack.changed', act);
      };
      modeler.on('views.changed', listen);
      listen();
    },
  };
}

beginWith(opened);
