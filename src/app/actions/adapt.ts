import { proxy } from 'comlink';
import type { RunSettings } from '../../engine/settings/run.ts';
import type { ModelEntry } from '../../engine/weights/types.ts';
import type { Scope } from '../../lib/task.ts';
import type { TrainerApi, TrainingListener } from '../../train/trainer.ts';
import { download } from '../browser/download.ts';
import { inGroup } from '../model/action.ts';
import { type AdaptChoice, chosenRecipe, comparedFrames, pace, validateEvery } from '../model/adapt.ts';
import type { History, Snapshot } from '../model/history.ts';
import { foreground } from '../model/objects.ts';
import { type AddedClip, NO_TRAINING, type Trained, useAdapt, useAdaptChoice } from '../stores/adapt.ts';
import { useClip } from '../stores/clip.ts';
import { currentSnapshot, useDocument } from '../stores/document.ts';
import { announce, remember, showFailure, showInfo } from '../stores/notices.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRun } from '../stores/run.ts';
import { useView } from '../stores/view.ts';
import { asFailure } from '../words/errors.ts';
import { strings } from '../words/strings.ts';
import { startTrainer, workers } from '../workers/connection.ts';
import { chooseModel, refreshModels } from './models.ts';
import { reach, start } from './runner.ts';
import { changeSettings } from './settings.ts';
import { shoot } from './shots.ts';

const action = inGroup('run');

const words = strings.adapt;

export const adapt = action(
  'adapt',
  ['Shift+W'],
  () => {
    useAdapt.setState({ open: true });
    if (useAdapt.getState().phase === 'trained') void compare();
  },
  () => useRun.getState().settings !== null,
);

/** Closes the panel; a training goes on. While masks are compared it stays. */
export function close(): void {
  const { phase } = useAdapt.getState();
  if (phase !== 'comparing' && phase !== 'deciding') useAdapt.setState({ open: false });
}

/** Adds training clips to the open one: several stills are the frames of one clip, any other file is a clip. */
export function addClips(files: readonly File[]): void {
  const stills = files.length > 1 && files.every(({ type }) => type.startsWith('image/'));
  const clips = (stills ? [files] : files.map((file) => [file])).map(
    (parts): AddedClip => ({
      id: crypto.randomUUID(),
      name: words.clipName(parts[0]!.name, parts.length),
      files: parts,
    }),
  );
  useAdapt.setState(({ added }) => ({ added: [...added, ...clips] }));
}

export function removeClip(clip: AddedClip): void {
  useAdapt.setState(({ added }) => ({ added: added.filter((other) => other !== clip) }));
}

/** What decides the time of an iteration on this machine. */
export const paceKey = (
  { model, device }: Pick<RunSettings, 'model' | 'device'>,
  { recipe, size }: Pick<AdaptChoice, 'recipe' | 'size'>,
): string => [model, device, recipe, size].join();

function reportFailure(thrown: unknown): void {
  const failure = asFailure(thrown);
  if (failure.code === 'run/cancelled') return;
  if (useAdapt.getState().open) {
    remember(failure);
    useAdapt.setState({ failure });
  } else showFailure(thrown);
}

let working: Pick<TrainerApi, 'cancel'> | null = null;

/** Trains on the open clip and the added ones, in a worker of its own; its masks are compared once it has ended. */
export async function learn(): Promise<void> {
  const { settings, models } = useRun.getState();
  const { files, info } = useClip.getState();
  const { phase, added } = useAdapt.getState();
  const choice = useAdaptChoice.getState();
  const model = models.find(({ id }) => id === settings?.model);
  if (!settings || !info || !model || phase !== 'setup') return;
  const clips = [{ name: info.name, files }, ...added];
  useAdapt.setState({ ...NO_TRAINING, phase: 'training', iterations: choice.iterations });
  announce(words.started);

  const { trainer, end } = startTrainer();
  working = trainer;
  try {
    const suited = await trainer.suggest(model.id, choice.recipe);
    if (!useAdapt.getState().stopping) {
      const order = {
        model: model.id,
        clips: clips.map((clip) => [...clip.files]),
        recipe: chosenRecipe(suited, choice, model.patch),
        device: settings.device,
        validateEvery: validateEvery(choice.iterations),
      };
      const about = { iterations: choice.iterations, clips: words.clips(info.name, added.length) };
      await trainer.train(order, proxy(listener(about)));
    }
  } catch (thrown) {
    reportFailure(thrown);
  } finally {
    working = null;
    end();
  }
  const seconds = pace(useAdapt.getState().points);
  if (seconds !== null)
    useAdaptChoice.setState(({ paces }) => ({ paces: { ...paces, [paceKey(settings, choice)]: seconds } }));
  await ended();
}

function listener(about: Pick<Trained, 'iterations' | 'clips'>): TrainingListener {
  return {
    onStart: (start) => useAdapt.setState({ start }),
    onIteration: (point) =>
      useAdapt.setState(({ points }) => ({
        points: [...points, { ...point, at: performance.now() / 1000 }],
      })),
    onMilestone: ({ validation, correlator }) =>
      useAdapt.setState(({ validations, trained }) => ({
        validations: [...validations, validation],
        trained:
          validation.iteration > 0
            ? { ...about, iteration: validation.iteration, weights: correlator }
            : trained,
      })),
  };
}

/** Ends the training; the weights of the last validation stay. */
export async function stopLearning(): Promise<void> {
  useAdapt.setState({ stopping: true });
  await working?.cancel();
}

async function ended(): Promise<void> {
  const { trained, open, failure } = useAdapt.getState();
  useAdapt.setState({ stopping: false, phase: trained ? 'trained' : 'setup' });
  if (!trained) {
    if (!failure) announce(words.nothingTrained);
    return;
  }
  announce(words.trained(trained.iteration));
  if (open) await compare();
  else showInfo(words.trained(trained.iteration));
}

/** The run to go back to: the one on the page when the trained correlator was tried. */
let before: { snapshot: Snapshot; history: History<Snapshot>; scope: Scope | null } | null = null;

/** Longest side of the pictures that are compared, in pixels. */
const SHOT = 640;

/** Segments with the trained correlator, and shows the masks beside those of the run before. */
export async function compare(): Promise<void> {
  const { trained, phase } = useAdapt.getState();
  if (!trained || phase !== 'trained') return;
  useAdapt.setState({ phase: 'comparing', failure: null });
  useView.setState({ speed: 0 });
  let entry: ModelEntry | null = null;
  try {
    const { settings, result } = useRun.getState();
    if (!result && settings) await start(settings);
    const run = useRun.getState().result;
    const snapshot = currentSnapshot();
    if (!run || !snapshot) {
      useAdapt.setState({ phase: 'trained' });
      return;
    }
    const frames = comparedFrames(run.frames, useView.getState().frame);
    const { objects, history } = useDocument.getState();
    before = { snapshot, history, scope: useClip.getState().scope };
    const shotsBefore = await shoot(frames, SHOT);

    entry = await workers().engine.addModel(new File([trained.weights], words.modelName(trained.clips)));
    await refreshModels();
    changeSettings(withModel(run.settings, entry));
    await start(useRun.getState().settings!);
    if (useRun.getState().result?.settings.model !== entry.id) {
      await takeBack(entry);
      useAdapt.setState({ phase: 'trained' });
      return;
    }
    const shotsAfter = await shoot(frames, SHOT);
    const { models } = useRun.getState();
    const former = models.find(({ id }) => id === run.settings.model)?.name ?? run.settings.model;
    useAdapt.setState({
      phase: 'deciding',
      trial: {
        entry,
        names: { before: former, after: entry.name },
        objects: {
          before: foreground(objects).length,
          after: foreground(useDocument.getState().objects).length,
        },
        shots: frames.map((frame, at) => ({ frame, before: shotsBefore[at]!, after: shotsAfter[at]! })),
      },
    });
  } catch (thrown) {
    reportFailure(thrown);
    if (entry) await takeBack(entry);
    useAdapt.setState({ phase: 'trained' });
  }
}

/** The same run with a trained correlator: τ is a scale of its distances, so it brings its own. */
const withModel = (settings: RunSettings, { id, defaults }: ModelEntry): RunSettings => ({
  ...settings,
  model: id,
  tau: defaults.tau,
  temperature: defaults.temperature,
  metric: settings.metric === 'Fv' ? 'Fv' : 'Av',
});

/** Keeps the trained correlator as a model, for this clip and later ones. */
export async function keep(): Promise<void> {
  const { trial } = useAdapt.getState();
  if (!trial) return;
  const { entry } = trial;
  endTrial();
  usePreferences.setState({ model: entry.id });
  const { settings } = useRun.getState();
  if (settings && settings.model !== entry.id) await chooseModel(entry.id);
  else useRun.setState(({ suggested }) => (suggested ? { suggested: withModel(suggested, entry) } : {}));
  showInfo(words.kept(entry.name));
}

/** Removes the trained correlator, and goes back to the run before. */
export async function discard(): Promise<void> {
  const { trial } = useAdapt.getState();
  endTrial();
  announce(words.discarded);
  if (trial) await takeBack(trial.entry);
}

/** Ends the trial, and releases the trained weights. */
function endTrial(): void {
  const { trial } = useAdapt.getState();
  useAdapt.setState({ ...NO_TRAINING, open: false, phase: 'setup' });
  for (const shot of trial?.shots ?? []) {
    shot.before.close();
    shot.after.close();
  }
}

/** Removes a model on trial; where its clip is still open, the run before it comes back with its objects. */
async function takeBack({ correlator }: ModelEntry): Promise<void> {
  const to = before;
  before = null;
  try {
    if (to && useClip.getState().scope === to.scope) {
      changeSettings(to.snapshot.settings);
      await reach(to.snapshot, to.history);
    }
    if (correlator?.sha256) await workers().engine.removeStored(correlator.sha256);
    await refreshModels();
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** Hands correlator.safetensors to the browser's downloads. */
export function downloadWeights(): void {
  const { trained } = useAdapt.getState();
  if (trained) download(new Blob([trained.weights]), 'correlator.safetensors');
}
