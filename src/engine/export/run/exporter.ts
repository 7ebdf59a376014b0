import { isAbort, latest, type Scope, serial } from '../../../lib/task.ts';
import type { Clip } from '../../video/types.ts';
import type { VideoFormats } from '../encoders.ts';
import { asFailure } from '../errors.ts';
import { type ExportOrder, fileOf } from '../formats/index.ts';
import { frameTimes } from '../frames.ts';
import { usualRate } from '../rate.ts';
import type { ExportProgress, ExportResult, ExportSource, VideoQuality } from '../types.ts';

/** One export at a time. What encodes and packs is loaded with the first one. */
export interface Exporter {
  formats(clip: Clip, quality: VideoQuality): Promise<VideoFormats>;
  /**
   * Writes into `handle`, or gives the file where that is null. An export under way is superseded.
   * @throws export/…, video/…; an AbortError where it is superseded
   */
  run(
    source: ExportSource,
    order: ExportOrder,
    handle: FileSystemFileHandle | null,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<ExportResult>;
  /** Stops the export under way, which rejects with `reason`; resolves once it has released the clip. */
  cancel(reason: unknown): Promise<void>;
}

/** The exports of a clip, until `owner` ends. */
export function createExporter(owner: Scope): Exporter {
  const turn = serial();
  owner.own(turn, () => turn.idle());
  const write = async (
    signal: AbortSignal,
    ...[source, order, handle, onProgress]: Parameters<Exporter['run']>
  ) => {
    const [{ runExport }, { blobSink, fileSink }] = await Promise.all([
      import('./export.ts'),
      import('../sink.ts'),
    ]);
    signal.throwIfAborted();
    const { type } = fileOf(order.content, source.clip.info.name);
    const sink = handle ? await fileSink(handle) : blobSink(type);
    return runExport(source, order, sink, onProgress, signal);
  };
  const run = latest((signal, ...order: Parameters<Exporter['run']>) => {
    return turn(() => write(signal, ...order), signal);
  }, owner.signal);
  return {
    async formats({ info }, quality) {
      const { videoFormats } = await import('../encoders.ts');
      return videoFormats(info, usualRate(frameTimes(info, 0, info.frameCount).duration), quality);
    },
    run: (...order) =>
      run(...order).catch((thrown: unknown) => {
        throw isAbort(thrown) ? thrown : asFailure(thrown);
      }),
    async cancel(reason) {
      run.cancel(reason);
      await turn.idle();
    },
  };
}
