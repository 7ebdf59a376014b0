import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { goTo } from '../../actions/playback.ts';
import { workers } from '../../connection.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../strings.ts';
import { HeatMap } from '../stage/attention.tsx';

/** Height of a key frame's picture in pixels. */
const HEIGHT = 144;
/** Milliseconds before a picture that something more urgent overtook is asked for again. */
const AGAIN = 80;

/** The pinned token's attention on every key frame (Fig. 1's row of pictures). */
export function KeyFrames() {
  const attention = useView((view) => view.attention);
  const current = useView((view) => view.frame);
  const pictures = usePictures(attention ? [...attention.frames].join() : '');
  if (!attention) return null;
  return (
    <ul className="key-frames" aria-label={strings.stage.keyFrames}>
      {Array.from(attention.frames, (frame, place) => (
        <li key={frame}>
          <Button
            className="key-frame"
            aria-label={strings.stage.keyFrame(frame + 1)}
            data-current={frame === current || undefined}
            onPress={() => goTo(frame)}
          >
            <Picture bitmap={pictures.get(frame)} />
            <HeatMap attention={attention} place={place} opacity={0.85} />
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

/** The key frames' pictures, fetched one after another behind whatever the stage asks for. */
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
    fill().catch(showFailure);
    return () => {
      left = true;
      for (const bitmap of fetched) bitmap.close();
      setPictures(new Map());
    };
  }, [list, info, result]);
  return pictures;
}

/** A frame's picture; null when a newer wish overtook this one. */
async function picture(frame: number, width: number): Promise<ImageBitmap | null> {
  try {
    return await workers().viewer.frame(frame, width, HEIGHT);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null;
    throw thrown;
  }
}
