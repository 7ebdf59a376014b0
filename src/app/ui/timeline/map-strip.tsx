import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { isAbort } from '../../../lib/task.ts';
import { goTo } from '../../actions/playback.ts';
import { nearness, stretched } from '../../model/heat.ts';
import { spreadOver } from '../../model/timeline.ts';
import { showClipFailure, useClip } from '../../stores/clip.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { workers } from '../../workers/connection.ts';
import { HeatMap } from '../parts/heat-map.tsx';

/** Height of a frame's picture in pixels. */
const HEIGHT = 144;
/** Milliseconds before a picture that something more urgent superseded is asked for again. */
const AGAIN = 80;

/** Most frames in a strip; of more, as many are spread over the clip. */
const MOST = 32;

/** The pinned token's attention on every key frame (Fig. 1's row of pictures). */
export function AttentionStrip() {
  const attention = useView((view) => view.attention);
  const maps = useMemo(() => attention && stretched(attention.map, attention.frames.length), [attention]);
  if (!attention || !maps) return null;
  return (
    <Strip
      frames={[...attention.frames]}
      maps={maps}
      label={strings.stage.keyFrames}
      named={strings.stage.keyFrame}
    />
  );
}

/** The pinned token's distance to all tokens of the frames. */
export function DistanceStrip() {
  const distances = useView((view) => view.distances);
  const result = useRun((run) => run.result);
  if (!distances || !result) return null;
  // Of a followed run only the samples have distances.
  const { frames, followed } = result;
  const reported = followed
    ? Array.from(followed.samples, (frame) => frame - frames[0]!)
    : [...frames.keys()];
  const places = spreadOver(reported.length, MOST).map((at) => reported[at]!);
  return (
    <Strip
      frames={places.map((place) => frames[place]!)}
      maps={places.map((place) => {
        const found = distances.frames[place];
        return found ? nearness(found, result.settings.tau) : null;
      })}
      label={strings.stage.distanceFrames}
      named={strings.stage.distanceFrame}
    />
  );
}

interface StripProps {
  /** Clip frames. */
  frames: readonly number[];
  /** 0..1, [rows, columns]; null: not known yet. */
  maps: readonly (Float32Array | null)[];
  label: string;
  named: (frame: number) => string;
}

/** A heat map on each of some frames. */
function Strip({ frames, maps, label, named }: StripProps) {
  const current = useView((view) => view.frame);
  const grid = useRun((run) => run.result?.grid);
  const pictures = usePictures(frames.join());
  if (!grid) return null;
  return (
    <ul className="key-frames" aria-label={label}>
      {frames.map((frame, place) => (
        <li key={frame}>
          <Button
            className="key-frame"
            aria-label={named(frame + 1)}
            data-current={frame === current || undefined}
            onPress={() => goTo(frame)}
          >
            <Picture bitmap={pictures.get(frame)} />
            {maps[place] && <HeatMap shares={maps[place]} grid={grid} opacity={0.85} />}
            <span className="key-frame-number">{frame + 1}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Picture({ bitmap }: { bitmap: ImageBitmap | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const info = useClip((clip) => clip.info)!;
  useEffect(() => {
    if (bitmap) canvas.current!.getContext('2d', { alpha: false })!.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} width={Math.round((HEIGHT * info.width) / info.height)} height={HEIGHT} />;
}

/** The frames' pictures, fetched one after another behind whatever the stage asks for. */
function usePictures(list: string): ReadonlyMap<number, ImageBitmap> {
  const info = useClip((clip) => clip.info)!;
  const result = useRun((run) => run.result);
  const [pictures, setPictures] = useState<ReadonlyMap<number, ImageBitmap>>(new Map());
  useEffect(() => {
    if (list === '' || !result) return;
    let left = false;
    const fetched: ImageBitmap[] = [];
    const fill = async () => {
      const width = Math.round((HEIGHT * info.width) / info.height);
      for (const frame of list.split(',').map(Number)) {
        for (;;) {
          if (left) return;
          const bitmap = await picture(frame, width);
          if (bitmap) {
            fetched.push(bitmap);
            setPictures((others) => new Map(others).set(frame, bitmap));
            break;
          }
          await new Promise((resolve) => setTimeout(resolve, AGAIN));
        }
      }
    };
    fill().catch(showClipFailure);
    return () => {
      left = true;
      for (const bitmap of fetched) bitmap.close();
      setPictures(new Map());
    };
  }, [list, info, result]);
  return pictures;
}

/** A frame's picture; null when a newer request superseded this one. */
async function picture(frame: number, width: number): Promise<ImageBitmap | null> {
  try {
    return await workers().viewer.frame(frame, width, HEIGHT);
  } catch (thrown) {
    if (isAbort(thrown)) return null;
    throw thrown;
  }
}
