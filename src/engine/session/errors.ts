import { LIB_ERRORS } from '../../lib/errors.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';
import { BACKEND_ERRORS } from '../backend/errors.ts';
import { EXPORT_ERRORS } from '../export/errors.ts';
import { MASK_ERRORS } from '../mask/errors.ts';
import { MODEL_ERRORS } from '../model/errors.ts';
import { ONNX_ERRORS } from '../onnx/errors.ts';
import { SETTINGS_ERRORS } from '../settings/errors.ts';
import { TOKENS_ERRORS } from '../tokens/errors.ts';
import { VIDEO_ERRORS } from '../video/errors.ts';
import { WEIGHTS_ERRORS } from '../weights/errors.ts';

/** Errors of runs. */
export const SESSION_ERRORS = {
  'run/no-clip': () => ({
    what: 'No clip is open.',
    todo: 'Drop a video, or a folder of frames, first.',
  }),
  'run/none': () => ({
    what: 'This clip has not been segmented yet.',
    todo: 'Press Segment first.',
  }),
  'run/no-map': () => ({
    what: 'This run clustered features, so there is no attention to show.',
    todo: 'Choose the metric A_v or A under Settings, and segment again.',
  }),
  'run/tokens-gone': () => ({
    what: 'The tokens needed for attention are not in memory: only the masks were reopened.',
    todo: 'Segment again to look inside; the objects stay as they are.',
  }),
  'run/no-clicks': () => ({
    what: 'Clicks cannot be answered in this run: it did not follow every frame, or was made by an earlier version.',
    todo: 'Choose Hierarchical under Settings → Research → Clustering, and segment again.',
  }),
  'run/no-frames': (p: { frames: number }) => ({
    what: `The chosen part holds no frame: the clip has ${p.frames}.`,
    todo: 'Choose a part that starts within the clip.',
  }),
} satisfies ErrorTable;

/** Every error that the engine may end with. */
export const ENGINE_ERRORS = {
  ...LIB_ERRORS,
  ...SETTINGS_ERRORS,
  ...BACKEND_ERRORS,
  ...ONNX_ERRORS,
  ...VIDEO_ERRORS,
  ...WEIGHTS_ERRORS,
  ...MODEL_ERRORS,
  ...TOKENS_ERRORS,
  ...MASK_ERRORS,
  ...EXPORT_ERRORS,
  ...SESSION_ERRORS,
};

export const { failure, asFailure, isFailure } = errorsOf(ENGINE_ERRORS);
