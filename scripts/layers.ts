// npm run layers [-- --write]: holds the imports of the source against the table of folders in docs/layers.md, and finds
// circles of files and of folders, those below a row of the table too, and files that a page of the docs names and that are
// not there. `--write` puts what the folders import into the table.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { circlesIn, type Graph, importGraph, layerGraph } from './import-graph.ts';

const ROOT = join(import.meta.dirname, '..');
const DRAWING = join(ROOT, 'docs/layers.md');
const ROW = /^\| `([^`]+)` \| (.*?) \| (.*?) ?\|$/;

/** A row of the table: a folder, and the short names of the folders that it imports. */
export interface Layer {
  folder: string;
  what: string;
  imports: string[];
}

/** A folder as the table names it where it is imported: without `src/` and `src/engine/`. */
const shortName = (folder: string) => folder.replace(/^src\/(engine\/)?/, '');

/** The rows of the table of folders. */
export function layersIn(markdown: string): Layer[] {
  return markdown.split('\n').flatMap((line) => {
    const [, folder, what, imports] = ROW.exec(line) ?? [];
    return folder === undefined || what === undefined || imports === undefined
      ? []
      : [{ folder, what, imports: imports.split(', ').filter((name) => name !== '') }];
  });
}

/** The row that a module belongs to: the one with the longest path above it. */
export function layerOf(layers: readonly Layer[], path: string): string {
  const above = layers
    .map(({ folder }) => folder)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
  if (above[0] === undefined) throw new Error(`${path} lies in no folder of the table`);
  return above[0];
}

/** Where the drawing and the source differ, a sentence each. Rows are in order: a folder imports only those before it. */
export function faults(layers: readonly Layer[], found: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const order = layers.map(({ folder }) => folder);
  return layers.flatMap(({ folder, imports }, row) => {
    const real = [...(found.get(folder) ?? [])];
    const names = real.map((other) => shortName(other));
    return [
      ...real
        .filter((other) => order.indexOf(other) > row)
        .map((other) => `${folder} imports ${other}, which is above it.`),
      ...real
        .filter((other) => !imports.includes(shortName(other)))
        .map((other) => `${folder} imports ${other}, but the table does not say so.`),
      ...imports
        .filter((name) => !names.includes(name))
        .map((name) => `The table says that ${folder} imports ${name}, but it does not.`),
    ];
  });
}

/** Circles of files and of folders, a sentence each. An entry, which no file imports, counts by itself: it may lie above all. */
export function circleFaults(modules: Graph): string[] {
  const imported = new Set([...modules.values()].flatMap((others) => [...others]));
  const folders = layerGraph(modules, (path) => (imported.has(path) ? dirname(path) : path));
  return [
    ...circlesIn(modules).map((circle) => `These files import each other: ${circle.join(', ')}.`),
    ...circlesIn(folders).map((circle) => `These folders import each other: ${circle.join(', ')}.`),
  ];
}

/** Files and folders of the repository, whole or by the end of their path, that a text names and that are not there. */
export function missingPaths(markdown: string, files: readonly string[]): string[] {
  const named = [...markdown.matchAll(/`([\w./-]+)`/g)].map(([, path]) => path ?? '');
  return named
    .filter((path) => /^(src|workers|scripts|test|e2e|bench|docs|public|deploy)\/|\.(tsx?|wgsl)$/.test(path))
    .map((path) => path.replace(/\/$/, ''))
    .filter(
      (path) =>
        !files.some((file) => file === path || file.startsWith(`${path}/`) || file.endsWith(`/${path}`)),
    );
}

/** Paths of all files in folders below `root`, relative to it. */
const filesIn = (root: string, folders: readonly string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );

/** The markdown with what the folders really import. */
function redrawn(markdown: string, found: ReadonlyMap<string, ReadonlySet<string>>): string {
  const order = layersIn(markdown).map(({ folder }) => folder);
  return markdown
    .split('\n')
    .map((line) => {
      const [, folder, what] = ROW.exec(line) ?? [];
      if (folder === undefined) return line;
      const to = [...(found.get(folder) ?? [])].sort((a, b) => order.indexOf(a) - order.indexOf(b));
      return `| \`${folder}\` | ${what} | ${to.map((other) => shortName(other)).join(', ')} |`;
    })
    .join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const markdown = readFileSync(DRAWING, 'utf8');
  const layers = layersIn(markdown);
  const roots = [...new Set(layers.map(({ folder }) => folder.split('/')[0] ?? folder))];
  const modules = importGraph(ROOT, roots);
  const found = layerGraph(modules, (path) => layerOf(layers, path));
  if (process.argv.includes('--write')) writeFileSync(DRAWING, redrawn(markdown, found));
  else {
    const files = filesIn(ROOT, [...roots, 'test', 'e2e', 'bench', 'docs', 'public', 'deploy']);
    const pages = ['README.md', ...files.filter((file) => /^(docs|bench)\/.*\.md$/.test(file))];
    const wrong = [
      ...circleFaults(modules),
      ...faults(layers, found),
      ...pages.flatMap((page) =>
        missingPaths(readFileSync(join(ROOT, page), 'utf8'), files).map(
          (path) => `${page} names ${path}, which is not there.`,
        ),
      ),
    ];
    for (const line of wrong) console.error(line);
    console.log(`${modules.size} modules in ${layers.length} folders, ${wrong.length} faults`);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  }
}
