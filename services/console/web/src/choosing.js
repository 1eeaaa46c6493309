// The panel's button for a template asks which: a dialog with those that fit the element.
import { say } from './words.js';

/** Shows the templates for an element; the chosen one is applied. Escape leaves everything as it was. */
export function choosingOn(modeler) {
  const known = modeler.get('elementTemplates');
  modeler.on('elementTemplates.select', ({ element }) => {
    const dialog = document.createElement('dialog'), title = document.createElement('h2');
    title.id = 'gh-templates';
    title.textContent = say('这一步是什么');
    dialog.setAttribute('aria-labelledby', title.id);
    dialog.append(title, ...known.getLatest(element).map((one) => choice(one, () => {
      dialog.close();
      known.applyTemplate(element, one);
    })));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
}

function choice(template, chosen) {
  const line = document.createElement('p'), button = document.createElement('button');
  button.type = 'button';
  button.textContent = template.name;
  button.addEventListener('click', chosen);
  line.append(button, ` ${template.description || ''}`);
  return line;
}
