// The editors' words in the language of the page, by zh.json.
import zh from './zh.json';
import { english } from './words.js';

/** What there is no Chinese for; a test looks that there is nothing. */
export const untranslated = new Set();

function translate(template, replacements = {}) {
  if (!english && !/[一-鿿]/.test(template) && /[A-Za-z]/.test(template) && !(template in zh)) untranslated.add(template);
  const text = english ? template : zh[template] || template;
  return text.replace(/{([^}]+)}/g, (_, key) => {
    const value = key in replacements ? replacements[key] : `{${key}}`;
    return english ? value : zh[value] || value;
  });
}

export const Translating = { translate: ['value', translate] };
