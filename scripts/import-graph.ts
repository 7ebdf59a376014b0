import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

/** What every node points at, types and dynamic imports counted. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

const isSource = (name: string) => /\.(ts|tsx|js)$/.test(name) && !/\.(test|d)\.tsx?$/.test(name);

/** Paths of the modules that a module imports or exports from, relative to the same root. Packages are left out. */
export function importsOf(path: string, source: string): string[] {
  const { module, errors } = parseSync(path, source);
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`);
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      source.slice(moduleRequest.start + 1, moduleRequest.end - 1),
    ),
  ];
  return named
    .filter((request) => request.startsWith('.'))
    .map((request) => normalize(join(dirname(path), request.replace(/\?.*$/, ''))));
}

/** The modules of some folders below `root`, tests left out, and what they import of each other. */
export function importGraph(root: string, folders: readonly string[]): Graph {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isSource(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  const known = new Set(paths);
  return new Map(
    paths.map((path) => {
      const imported = importsOf(path, readFileSync(join(root, path), 'utf8'));
      return [path, new Set(imported.filter((other) => known.has(other)))];
    }),
  );
}

/** The circles of a graph: sets of nodes that all reach each other (Tarjan's strongly connected components). */
export function circlesIn(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string) => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      // What has left the stack is in a component of its own.
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? own, low.get(next) ?? own));
    }
    if (low.get(node) !== own) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/** The graph of the layers that the modules lie in. */
export function layerGraph(modules: Graph, layerOf: (path: string) => string): Map<string, Set<string>> {
  const layers = new Map<string, Set<string>>();
  for (const [path, imported] of modules) {
    const from = layerOf(path);
    const to = layers.get(from) ?? new Set();
    layers.set(from, to);
    for (const other of imported) if (layerOf(other) !== from) to.add(layerOf(other));
  }
  return layers;
}
