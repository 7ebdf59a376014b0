import { chooseFiles } from '../../actions/files.ts';
import { take } from '../../actions/take.ts';
import { useClip } from '../../stores/clip.ts';
import { useHost } from '../../stores/host.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Mark } from '../parts/icons.tsx';
import { Recent } from './recent.tsx';
import { Samples } from './samples.tsx';

/** What a user sees before a clip is open. */
export function Landing() {
  const opening = useClip((clip) => clip.opening);
  const cores = useHost((host) => host.cores);
  return (
    <main className="landing" aria-label={strings.landing.main}>
      <div className="landing-lead">
        <h2>{strings.tagline}</h2>
        <p>{strings.promise}</p>
      </div>
      <div className="drop-zone" data-busy={opening || undefined}>
        <div className="drop-zone-art" aria-hidden="true">
          <Mark />
        </div>
        <p className="drop-zone-title">{opening ? strings.landing.opening : strings.landing.drop}</p>
        <p className="drop-zone-kinds">{strings.landing.or}</p>
        <Button variant="primary" isDisabled={opening} onPress={() => chooseFiles({ multiple: true }, take)}>
          {strings.landing.choose}
        </Button>
      </div>
      {cores === 'one' && <p className="landing-note">{strings.offline.oneCore}</p>}
      <Recent />
      <Samples />
    </main>
  );
}
