import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { openSample } from '../../actions/open.ts';
import { useClip } from '../../stores/clip.ts';
import { showFailure } from '../../stores/notices.ts';
import { strings } from '../../words/strings.ts';

/** An entry of samples/samples.json, written when the page is built. */
interface Sample {
  id: string;
  title: string;
  file: string;
  poster?: string;
  credit: string;
  licence: string;
  url: string;
}

const ROOT = `${import.meta.env.BASE_URL}samples/`;

async function listSamples(signal: AbortSignal): Promise<Sample[]> {
  const response = await fetch(`${ROOT}samples.json`, { signal });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText} for samples.json`);
  return (await response.json()) as Sample[];
}

/** Clips to try the page with. */
export function Samples() {
  const [samples, setSamples] = useState<Sample[]>([]);
  const opening = useClip((clip) => clip.opening);
  useEffect(() => {
    const left = new AbortController();
    listSamples(left.signal).then(setSamples, (thrown) => {
      if (!left.signal.aborted) showFailure(thrown);
    });
    return () => left.abort();
  }, []);
  // Without a network only what was used before could be opened, and no preview plays.
  if (samples.length === 0 || !navigator.onLine) return null;
  // Clips from one place are credited once.
  const credits = [...new Map(samples.map((sample) => [`${sample.url} ${sample.credit}`, sample])).values()];
  return (
    <section className="samples" aria-label={strings.landing.samples}>
      <h3>{strings.landing.samples}</h3>
      <ul>
        {samples.map((sample) => (
          <li key={sample.id}>
            <Button
              className="sample"
              aria-label={strings.landing.sample(sample.title)}
              isDisabled={opening}
              onPress={() => void openSample(sample)}
            >
              <Preview sample={sample} />
              <span className="sample-title">{sample.title}</span>
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

/** A still of the sample, which plays under the pointer unless motion is unwanted. */
function Preview({ sample }: { sample: Sample }) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return (
    <video
      className="sample-preview"
      src={`${ROOT}${sample.file}${sample.poster ? '' : '#t=0.5'}`}
      {...(sample.poster ? { poster: `${ROOT}${sample.poster}` } : {})}
      muted
      loop
      playsInline
      preload={sample.poster ? 'none' : 'metadata'}
      aria-hidden="true"
      tabIndex={-1}
      onPointerEnter={(event) => {
        // Leaving at once interrupts the start, which is no fault.
        if (!still) event.currentTarget.play().catch(() => undefined);
      }}
      onPointerLeave={(event) => event.currentTarget.pause()}
    />
  );
}
