import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { forgetRecent, refreshRecent } from '../../actions/keep.ts';
import { openRecent } from '../../actions/recent.ts';
import type { Recent as RecentProject } from '../../project/store.ts';
import { useClip } from '../../stores/clip.ts';
import { useProject } from '../../stores/project.ts';
import { ago } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';

/** Projects that this browser keeps, newest first. */
export function Recent() {
  const recent = useProject((project) => project.recent);
  const opening = useClip((clip) => clip.opening);
  useEffect(() => void refreshRecent(), []);
  if (recent.length === 0) return null;
  return (
    <section className="samples recent" aria-label={strings.project.recent}>
      <h3>{strings.project.recent}</h3>
      <ul>
        {recent.map((project) => (
          <li key={project.id}>
            <Button
              className="sample"
              aria-label={strings.project.openRecent(project.name)}
              isDisabled={opening}
              onPress={() => void openRecent(project.id, project.name)}
            >
              <Poster blob={project.poster} />
              <span className="sample-title">{project.name}</span>
              <span className="recent-facts">{factsOf(project)}</span>
            </Button>
            <IconButton
              icon="close"
              label={strings.project.removeRecent(project.name)}
              onPress={() => void forgetRecent(project.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

const factsOf = ({ objects, saved }: RecentProject): string =>
  strings.project.recentFacts(objects, ago((Date.now() - saved) / 1000));

function Poster({ blob }: { blob: Blob | null }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url ? <img className="sample-preview" src={url} alt="" /> : <span className="sample-preview" />;
}
