import { type CSSProperties, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { openSample, reachableSamples, SAMPLES, type Sample } from '../../actions/samples.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';

/** Clips to try the page with. */
export function Samples() {
  const [samples, setSamples] = useState<Sample[]>([]);
  const [still, setStill] = useState(false);
  const opening = useClip((clip) => clip.opening);
  useEffect(() => {
    const left = new AbortController();
    reachableSamples(left.signal).then(setSamples, showFailure);
    return () => left.abort();
  }, []);
  if (samples.length === 0) return null;
  // Clips from one place are credited once.
  const credits = [...new Map(samples.map((sample) => [`${sample.url} ${sample.credit}`, sample])).values()];
  return (
    <section className="samples" aria-label={strings.landing.samples} data-still={still || undefined}>
      <header>
        <h3>{strings.landing.samples}</h3>
        <IconButton
          icon={still ? 'play' : 'pause'}
          label={still ? strings.landing.move : strings.landing.still}
          onPress={() => setStill(!still)}
        />
      </header>
      <ul>
        {samples.map((sample) => (
          <li key={sample.id}>
            <Button
              className="sample"
              aria-label={strings.landing.sample(titleOf(sample))}
              isDisabled={opening}
              onPress={() => void openSample(sample)}
            >
              <Preview {...sample} />
              <span className="sample-title">{titleOf(sample)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {credits.map(({ url, credit, licence }) => (
        <a key={url} className="sample-credit" href={url} target="_blank" rel="noreferrer">
          {strings.landing.credit(credit, licence)}
        </a>
      ))}
    </section>
  );
}

const TITLES: Readonly<Record<string, string>> = strings.landing.titles;
/** What a sample is called in the language of the page. */
const titleOf = ({ id, title }: Sample): string => TITLES[id] ?? title;

/** Pictures of the sample with what was found in it, shown one after the other; a still of the clip where there are none. */
function Preview({ file, strip, frames = 1 }: Sample) {
  if (strip === undefined)
    return (
      <video
        className="sample-preview"
        src={`${SAMPLES}${file}#t=0.5`}
        muted
        preload="metadata"
        aria-hidden="true"
        tabIndex={-1}
      />
    );
  const style: CSSProperties & Record<'--frames', number> = {
    backgroundImage: `url("${SAMPLES}${strip}")`,
    '--frames': frames,
  };
  return <span className="sample-preview sample-strip" style={style} />;
}
