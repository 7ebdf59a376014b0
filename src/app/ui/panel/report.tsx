import type { DeviceReport } from '../../../engine/backend/report.ts';
import { SOURCE, type Source } from '../../../engine/follow/records.ts';
import type { Followed } from '../../../engine/session/result.ts';
import * as page from '../../actions/page.ts';
import { spansOf } from '../../model/timeline.ts';
import { useClip } from '../../stores/clip.ts';
import { useRun } from '../../stores/run.ts';
import { bytes, count, duration, percent } from '../../words/format.ts';
import { noted, reasoned } from '../../words/messages.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Fact } from '../parts/fields.tsx';

const words = strings.report;

/** What was done, where, and how long it took. */
export function Report() {
  const result = useRun((run) => run.result);
  const models = useRun((run) => run.models);
  const device = useRun((run) => run.device);
  const info = useClip((clip) => clip.info);
  const notes = [...(info?.notes ?? []), ...(result?.notes ?? [])];
  return (
    <div className="report">
      {result ? (
        <dl className="facts">
          <Fact name={words.device}>
            {where(result.device)}
            <span className="hint">{reasoned(result.device.why)}</span>
          </Fact>
          <SelfTestFact device={result.device} />
          <Fact name={words.model}>
            {models.find((entry) => entry.id === result.settings.model)?.name ?? result.settings.model}
          </Fact>
          <Fact name={words.size}>
            {strings.settings.sizeOption(result.settings.width, result.settings.height)}
          </Fact>
          <Fact name={words.grid}>{strings.settings.sizeOption(result.grid.columns, result.grid.rows)}</Fact>
          <Fact name={words.frames}>{words.framesValue(result.frames.length, info?.frameCount ?? 0)}</Fact>
          {result.followed && <FollowedFacts followed={result.followed} />}
          <Fact name={words.clusters}>{count(result.clustering.clusters)}</Fact>
          <Fact name={words.levels}>
            {words.levelsValue(result.clustering.levels.map((level) => level.clusters))}
          </Fact>
          <Fact name={words.pairs}>
            {words.pairsValue(result.clustering.pairs.computed, result.clustering.pairs.all)}
            <span className="hint">{words.pairsShare(percent(result.clustering.pairs.share))}</span>
          </Fact>
          <Fact name={words.memory}>{bytes(result.memory.peakBytes)}</Fact>
          <Fact name={words.times}>
            <Times />
          </Fact>
          {notes.length > 0 && <Fact name={words.notes}>{notes.map(noted).join(' ')}</Fact>}
        </dl>
      ) : (
        <>
          <p className="panel-empty">{words.none}</p>
          {device && (
            <dl className="facts">
              <Fact name={words.device}>
                {where(device)}
                <span className="hint">{reasoned(device.why)}</span>
              </Fact>
              <SelfTestFact device={device} />
            </dl>
          )}
        </>
      )}
      <Button variant="plain" icon="copy" onPress={() => void page.copyDiagnostics.run()}>
        {words.copy}
      </Button>
    </div>
  );
}

/** Which frames were analysed, and which have their masks from their neighbours by motion. */
function FollowedFacts({ followed: { sources, samples, keys } }: { followed: Followed }) {
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const of = (wanted: Source) => sources.reduce((count, source) => count + Number(source === wanted), 0);
  const pending = of(SOURCE.pending) + of(SOURCE.preview);
  const propagated = of(SOURCE.propagated);
  const isAnalysed = (source: number) => source === SOURCE.analysed;
  return (
    <>
      <Fact name={words.masks}>
        {words.followedValue(of(SOURCE.analysed), propagated)}
        {pending > 0 && <span className="hint">{words.pendingValue(pending)}</span>}
        {propagated > 0 && (
          <svg
            className="sources"
            viewBox={`0 0 ${sources.length} 1`}
            preserveAspectRatio="none"
            role="img"
            aria-label={words.sources}
          >
            <title>{words.sources}</title>
            <path
              d={spansOf(sources, isAnalysed)
                .map(([from, to]) => `M${from} 0H${to}V1H${from}Z`)
                .join('')}
            />
          </svg>
        )}
      </Fact>
      <Fact name={words.found}>{words.foundValue(samples.length, keys.length)}</Fact>
    </>
  );
}

function SelfTestFact({ device: { selfTest } }: { device: DeviceReport }) {
  if (!selfTest) return null;
  const { attention, divergence, large = false, edges } = selfTest;
  return (
    <Fact name={words.selfTest}>
      {words.selfTestValue(attention, divergence, large)}
      {edges && <span className="hint">{words.edges[edges]}</span>}
    </Fact>
  );
}

function where(device: DeviceReport): string {
  const adapter = [device.adapter?.vendor, device.adapter?.architecture].filter(Boolean).join(' ');
  return device.device === 'webgpu' ? words.gpu(adapter || 'WebGPU') : words.cpu(device.threads);
}

/** Seconds below which a stage took no time that anybody would look for: files are there, code is compiled. */
const LEAST = 0.05;

/** Each stage's time as a bar of the whole. */
function Times() {
  const times = useRun((run) => run.result?.times) ?? [];
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <ul className="times">
      {times
        .filter(({ seconds }) => seconds >= LEAST)
        .map(({ stage, seconds }) => (
          <li key={stage}>
            <span>{strings.run.stages[stage]}</span>
            <span className="share-groove" aria-hidden="true">
              <span style={{ width: `${total > 0 ? (seconds / total) * 100 : 0}%` }} />
            </span>
            <span>{duration(seconds)}</span>
          </li>
        ))}
      <li className="times-total">
        <span>{words.total}</span>
        <span />
        <span>{duration(total)}</span>
      </li>
    </ul>
  );
}
