// Builds ../static/dist from src/. The same sources and lock give the same bytes, wherever the folder stands.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', 'static', 'dist');
const LICENCE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** CodeMirror's style sheets as such, not as <style> elements: our pages allow no inline style. */
const adoptedStyles = {
  name: 'adopted-styles',
  setup(on) {
    on.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8'), was = '!root.head && root.adoptedStyleSheets';
      if (text.split(was).length !== 2) throw new Error('style-mod is not as it was: look at adoptedStyles in build.mjs');
      return { contents: text.replace(was, 'root.adoptedStyleSheets'), loader: 'js' };
    });
  },
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: ['src/viewer.js', 'src/studio.js', 'src/tables.js', 'src/simulation.js'],
  outdir: dist,
  bundle: true,
  minify: true,
  charset: 'utf8',
  format: 'iife',
  target: 'chrome80',
  legalComments: 'none',
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
  metafile: true,
  plugins: [adoptedStyles],
  logLevel: 'warning',
});

/** Folder of the package that a file belongs to: the last `node_modules/name` or `node_modules/@scope/name`. */
function packageOf(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match && match[1];
}

function licenceOf(folder) {
  const file = readdirSync(folder).filter((name) => LICENCE.test(name)).sort()[0];
  return file ? readFileSync(join(folder, file), 'utf8').trim() : '(no licence file in the package)';
}

const folders = [...new Set(Object.keys(result.metafile.inputs).map(packageOf).filter(Boolean))].sort();
const parts = folders.map((folder) => {
  const about = JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8'));
  const said = existsSync(join(here, folder)) ? licenceOf(join(here, folder)) : '';
  return `${about.name} ${about.version} (${about.license || 'see below'})\n\n${said}\n`;
});
const head = 'Software of others in the scripts beside this file and their style sheets, with its licences.\n';
writeFileSync(join(dist, 'THIRD_PARTY.txt'), [head, ...parts].join(`\n${'-'.repeat(100)}\n\n`));

// The element templates of desktop editors, in one file for the studio's panel (a test looks that they are the same).
const templates = join(here, '..', '..', '..', 'bpmn', '.camunda', 'element-templates');
if (existsSync(templates)) {
  const all = ['permit.json', 'shared.json'].flatMap((name) => JSON.parse(readFileSync(join(templates, name), 'utf8')));
  writeFileSync(join(here, '..', 'static', 'studio.templates.json'), `${JSON.stringify(all)}\n`);
}
