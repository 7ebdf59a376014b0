import { asFailure, failure } from '../../lib/errors.ts';
import type { Clip } from '../video/types.ts';
import type { VideoFormats } from './encoders.ts';
import { frameTimes } from './frames.ts';
import { fileOf } from './names.ts';
import { usualRate } from './rate.ts';
import type { ExportOrder, ExportProgress, ExportResult, ExportSource, VideoQuality } from './types.ts';

/** One export at a time. What encodes and packs is loaded with the first one. */
export interface Exporter {
  formats(clip: Clip, quality: VideoQuality): Promise<VideoFormats>;
  /**
   * Writes into `handle`, or gives the file where that is null. An export under way is stopped first.
   * @throws export/…, video/…
   */
  run(
    source: ExportSource,
    order: ExportOrder,
    handle: FileSystemFileHandle | null,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<ExportResult>;
  /** Stops the export under way; resolves once it has let go of the clip. */
  cancel(): Promise<void>;
}

export function createExporter(): Exporter {
  let under: AbortController | null = null;
  let settled: Promise<unknown> = Promise.resolve();
  const cancel = async () => {
    under?.abort();
    await settled;
  };
  return {
    async formats({ info }, quality) {
      const { videoFormats } = await import('./encoders.ts');
      return videoFormats(info, usualRate(frameTimes(info, 0, info.frameCount).duration), quality);
    },
    async run(source, order, handle, onProgress) {
      under?.abort();
      const before = settled;
      const controller = new AbortController();
      const { signal } = controller;
      under = controller;
      const work = before.then(async () => {
        const [{ runExport }, { blobSink, fileSink }] = await Promise.all([
          import('./export.ts'),
          import('./sink.ts'),
        ]);
        signal.throwIfAborted();
        const { type } = fileOf(order.content, source.clip.info.name);
        const sink = handle ? await fileSink(handle) : blobSink(type);
        return runExport(source, order, sink, onProgress, signal);
      });
      settled = work.catch(() => undefined);
      try {
        return await work;
      } catch (thrown) {
        throw signal.aborted ? failure('export/cancelled') : asFailure(thrown);
      } finally {
        if (under === controller) under = null;
      }
    },
    cancel,
  };
}
