import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright';
import { ensureBuilt, root } from '../scripts/build.ts';
import { serve } from '../scripts/serve.ts';
import type { Progress } from '../src/engine/session/result.ts';
import type { ModelEntry, ModelFile } from '../src/engine/weights/types.ts';
import type { Headless, Input, MaskOrder } from '../src/headless.ts';
import { UnpromptedError } from '../src/lib/failure.ts';
import { launch } from './browser.ts';
import type { Io } from './command.ts';
import { failure } from './errors.ts';
import { receiving, type Save } from './receive.ts';
import { writeAt } from './write.ts';

type Result<Name extends keyof Headless> = Headless[Name] extends (...args: never) => Promise<infer R>
  ? R
  : never;

/** A model that a command needs, and the paths of its files; files not named come with the app. */
export interface Chosen {
  asked: string | undefined;
  entry: ModelEntry;
  files: { file?: string; correlator?: string };
}

/** The page's own engine in a headless browser, driven from here. */
export interface Engine {
  /** Calls the engine; errors keep their code. Rejects with `run/cancelled` as soon as Ctrl-C is pressed. */
  call<Name extends keyof Headless>(name: Name, ...args: Parameters<Headless[Name]>): Promise<Result<Name>>;
  /** Id of a model that the engine was started with, by the user's name for it. */
  modelId(asked: string | undefined): string;
  /** Makes a file of this machine readable to the engine. */
  offer(path: string): Input;
  /** Address of a file of this machine that the engine reads and writes. */
  keep(path: string): string;
  /** Hands over the mask of each frame as PNG bytes, in order. */
  masks(order: Omit<MaskOrder, 'url'>, save: Save): Promise<void>;
  /** Calls `take` with what the engine posts to the URL that `work` gets, and the number it posts it under. */
  receive(save: Save, work: (url: string) => Promise<void>): Promise<void>;
  /** Resident memory of the tab in bytes, by the kernel's account: now, and the most so far. Null where that cannot be read. */
  memory(): Promise<{ now: number; peak: number } | null>;
  close(): Promise<void>;
}

/**
 * Starts the engine: builds the app when needed, serves it and opens it in a headless Chromium with a profile that
 * is thrown away afterwards. Throws `cli/no-browser`.
 */
export async function startEngine(
  io: Io,
  onProgress: (progress: Progress) => void,
  models: readonly Chosen[] = [],
): Promise<Engine> {
  await ensureBuilt(() => io.note('Building the app (once) …'));
  const gate = openGate(models);
  const offered: string[] = [];
  const served = await serve(0, gate.answer);
  const browser = await launch().catch(async (thrown: unknown) => {
    await served.close();
    throw thrown;
  });

  const close = async () => {
    await browser.close();
    await served.close();
  };
  try {
    const page = await browser.newPage();
    const ended = rejectsAtEnd(browser, page, io.signal);
    await page.exposeFunction('onProgress', onProgress);
    await page.exposeFunction('choose', (inputs: Input[]) =>
      page.setInputFiles(
        '#files',
        inputs.map((place) => offered[place] ?? ''),
      ),
    );
    await page.goto(`${served.url}headless.html`);

    const call: Engine['call'] = async <Name extends keyof Headless>(
      name: Name,
      ...args: Parameters<Headless[Name]>
    ): Promise<Result<Name>> => {
      const reply = await Promise.race([
        page.evaluate((call) => window.unprompted(call.name, call.args), {
          name: name as keyof Headless,
          args: args as unknown[],
        }),
        ended,
      ]);
      if ('value' in reply) return reply.value as Result<Name>;
      throw new UnpromptedError(reply.failure);
    };
    return {
      call,
      modelId: (asked) => models.find((model) => model.asked === asked)!.entry.id,
      offer: (path) => offered.push(path) - 1,
      keep: gate.keep,
      masks: (order, save) => gate.receive(save, (url) => call('masks', { ...order, url })),
      receive: gate.receive,
      memory: () => tabMemory(browser),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Never resolves; rejects when the browser is gone or the user cancels. */
function rejectsAtEnd(browser: Browser, page: Page, signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    const lost = () => reject(failure('cli/browser-ended'));
    page.on('crash', lost);
    browser.on('disconnected', lost);
    const cancelled = () => reject(failure('run/cancelled'));
    if (signal.aborted) cancelled();
    signal.addEventListener('abort', cancelled, { once: true });
  });
  ended.catch(() => {});
  return ended;
}

/** Serves this machine's files to the page, under a path that cannot be guessed. */
function openGate(models: readonly Chosen[]) {
  const token = randomUUID();
  const weights: string[] = [];
  const kept: string[] = [];
  let save: Save | null = null;

  /** The app's list of models, with the needed ones at their paths on this machine. */
  const manifest = async (): Promise<string> => {
    const text = await readFile(join(root, 'dist/models/manifest.json'), 'utf8');
    const { models: own, ...rest } = JSON.parse(text) as { models: ModelEntry[] };
    const here = async (file: ModelFile, path: string | undefined): Promise<ModelFile> =>
      path
        ? { ...file, url: `/${token}/in/${weights.push(path) - 1}`, bytes: (await stat(path)).size }
        : file;
    const chosen = await Promise.all(
      models.map(async ({ entry, files }) => ({
        ...entry,
        file: await here(entry.file, files.file),
        ...(entry.correlator ? { correlator: await here(entry.correlator, files.correlator) } : {}),
      })),
    );
    const others = own.filter(({ id }) => !chosen.some((entry) => entry.id === id));
    return JSON.stringify({ ...rest, models: [...others, ...chosen] });
  };

  const send = async (response: ServerResponse, path: string) => {
    const { size } = await stat(path);
    response.writeHead(200, { 'Content-Length': size, 'Content-Type': 'application/octet-stream' });
    createReadStream(path)
      .on('error', (error) => response.destroy(error))
      .pipe(response);
  };

  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    [way, number, at]: [way: string, number: number, at: number],
  ) => {
    if (way === 'in' && request.method === 'GET' && weights[number] !== undefined) {
      await send(response, weights[number]);
    } else if (way === 'kept' && request.method === 'GET' && kept[number] !== undefined) {
      // It is new where an earlier call left none.
      await send(response, kept[number]).catch(() => response.writeHead(404).end());
    } else if (way === 'kept' && request.method === 'POST' && kept[number] !== undefined) {
      await writeAt(kept[number], at, await buffer(request));
      response.writeHead(204).end();
    } else if (way === 'out' && request.method === 'POST' && save) {
      await save(number, await buffer(request));
      response.writeHead(204).end();
    } else {
      response.writeHead(404).end();
    }
  };

  return {
    answer(request: IncomingMessage, response: ServerResponse): boolean {
      if (request.url === '/models/manifest.json') {
        manifest().then(
          (text) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(text),
          () => response.writeHead(500).end(),
        );
        return true;
      }
      const [, key, way, number, at] = (request.url ?? '').split('/');
      if (key !== token || way === undefined) return false;
      respond(request, response, [way, Number(number), Number(at)]).catch(() =>
        response.writeHead(500).end(),
      );
      return true;
    },
    keep: (path: string): string => `/${token}/kept/${kept.push(path) - 1}/`,
    /** While `work` runs, posts to the URL that it gets go to `take`, whose errors become its own. */
    receive: (take: Save, work: (url: string) => Promise<void>): Promise<void> =>
      receiving(take, async (watched) => {
        save = watched;
        await work(`/${token}/out/`);
      }).finally(() => {
        save = null;
      }),
  };
}

/** The tab is the renderer that has held most: Chromium keeps a spare, nearly empty one. */
export async function tabMemory(browser: Browser): Promise<{ now: number; peak: number } | null> {
  if (process.platform !== 'linux') return null;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const tabs = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8');
        const bytes = (name: string) =>
          Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
        return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
      }),
  );
  return tabs.sort((a, b) => b.peak - a.peak)[0] ?? null;
}
