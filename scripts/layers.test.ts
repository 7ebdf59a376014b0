import { expect, test } from 'vitest';
import { circlesIn, importsOf, layerGraph } from './import-graph.ts';
import { circleFaults, faults, layerOf, layersIn, missingPaths } from './layers.ts';

test('imports are found in all their forms, types too; packages are none of them', () => {
  const source = `
    import type { A } from './a.ts';
    import b from '../b.wgsl?raw';
    import './c.css';
    import { d } from 'package';
    export { e } from './e.ts';
    export * from './f.ts';
    const g = () => import('./g.ts');
    export const h = <div className="h" />;
  `;
  const found = importsOf('src/x/y.tsx', source);
  expect(found.sort()).toEqual(
    ['a.ts', 'c.css', 'e.ts', 'f.ts', 'g.ts']
      .map((name) => `src/x/${name}`)
      .concat('src/b.wgsl')
      .sort(),
  );
  expect(() => importsOf('src/x.ts', 'import {')).toThrow(/src\/x\.ts/);
});

const graph = (edges: Record<string, string[]>) =>
  new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));

test('circles are found, each once', () => {
  expect(circlesIn(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
  const two = graph({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['f'], f: ['e'], g: ['a', 'e'] });
  expect(circlesIn(two).sort()).toEqual([
    ['a', 'b', 'c'],
    ['e', 'f'],
  ]);
});

test('folders below one row of the table may not import each other either; an entry may lie above all', () => {
  const app = {
    'app/main.ts': ['app/formats/csv.ts'],
    'app/formats/csv.ts': ['app/names.ts'],
    'app/names.ts': [],
  };
  expect(circleFaults(graph(app))).toEqual([]);
  expect(circleFaults(graph({ ...app, 'src/entry.ts': ['app/main.ts'] }))).toEqual([
    'These folders import each other: app, app/formats.',
  ]);
});

const TABLE = `
| folder | what it is | imports |
|---|---|---|
| \`src/lib\` | tools |  |
| \`src/engine\` | the method | lib |
| \`src/engine/inner\` | a part | lib, engine |
| \`cli\` | commands | engine, inner |
`;

test('the drawing is held against the source, both ways', () => {
  const layers = layersIn(TABLE);
  expect(layers.map(({ folder }) => folder)).toEqual(['src/lib', 'src/engine', 'src/engine/inner', 'cli']);
  expect(layerOf(layers, 'src/engine/inner/deep/x.ts')).toBe('src/engine/inner');
  expect(() => layerOf(layers, 'src/other/x.ts')).toThrow(/no folder/);
  const right = {
    'src/lib/a.ts': [],
    'src/engine/b.ts': ['src/lib/a.ts'],
    'src/engine/inner/c.ts': ['src/lib/a.ts', 'src/engine/b.ts'],
    'cli/d.ts': ['src/engine/b.ts', 'src/engine/inner/c.ts'],
  };
  const check = (modules: Record<string, string[]>) =>
    faults(
      layers,
      layerGraph(graph(modules), (path) => layerOf(layers, path)),
    );
  expect(check(right)).toEqual([]);
  expect(check({ ...right, 'src/lib/a.ts': ['cli/d.ts'] })).toEqual([
    'src/lib imports cli, which is above it.',
    'src/lib imports cli, but the table does not say so.',
  ]);
  expect(check({ ...right, 'cli/d.ts': ['src/engine/b.ts'] })).toEqual([
    'The table says that cli imports inner, but it does not.',
  ]);
});

test('a page may name files by the end of their path, and only those that are there', () => {
  const files = ['src/engine/follow/propagate.ts', 'cli/main.ts', 'test/fixtures/goldens/a.json'];
  const text = (...names: string[]) => names.map((name) => `\`${name}\``).join(', ');
  const there = [
    'src/engine/follow/',
    'follow/propagate.ts',
    'propagate.ts',
    'test/fixtures/goldens',
    'cli/no-input',
    'run.json',
  ];
  expect(missingPaths(text(...there), files)).toEqual([]);
  const moved = ['src/engine/attention', 'raise.ts', 'src/engine/follow/find.ts'];
  expect(missingPaths(text(...moved), files)).toEqual(moved);
});
