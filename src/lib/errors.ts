/**
 * Every error that a person can meet: a stable code, what happened and why, and a way out.
 * Codes are `area/what`; they never change once released, so that help pages and tests can name them.
 */
interface Told {
  /** One sentence: what happened, and why where it is known. */
  what: string;
  /** One sentence: what the person can do now. */
  todo: string;
}

/** A list as a sentence's part, cut where it would fill the screen. */
const firstFew = (items: readonly string[], most = 12) =>
  items.length > most
    ? `${items.slice(0, most).join('; ')}; and ${items.length - most} more`
    : items.join('; ');

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const ERRORS = {
  'run/cancelled': () => ({
    what: 'The run was cancelled.',
    todo: 'Press Segment to start again; finished work on this clip is kept.',
  }),
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
    what: 'The tokens that attention is computed from are not here: the masks were reopened, or a later run that did not end gave them up.',
    todo: 'Segment again to look inside; the objects stay as they are.',
  }),
  'run/no-frames': (p: { frames: number }) => ({
    what: `The chosen part holds no frame: the clip has ${p.frames}.`,
    todo: 'Choose a part that starts within the clip.',
  }),
  'run/bad-setting': (p: { name: string; value: string; wants: string }) => ({
    what: `The setting ${p.name} is ${p.value}, but it has to be ${p.wants}.`,
    todo: `Give ${p.name} a value that is ${p.wants}.`,
  }),
  'cli/no-browser': (p: { detail: string }) => ({
    what: `No browser could be started: ${p.detail}`,
    todo: 'Install Chromium or Chrome (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.',
  }),
  'cli/browser-ended': () => ({
    what: 'The browser that runs the engine ended in the middle of the work; most often it ran out of memory.',
    todo: 'Take fewer frames (--stride, --frames) or a smaller --size.',
  }),
  'cli/no-input': (p: { path: string }) => ({
    what: `There is no file or folder ${p.path}, or it cannot be read.`,
    todo: 'Check the path and its permissions.',
  }),
  'cli/no-frames': (p: { path: string }) => ({
    what: `The folder ${p.path} holds no JPEG or PNG frames.`,
    todo: 'Give a video file, or a folder of .jpg, .jpeg or .png frames.',
  }),
  'cli/cannot-write': (p: { path: string; detail: string }) => ({
    what: `${p.path} cannot be written: ${p.detail}`,
    todo: 'Choose another --out, or make room and check its permissions.',
  }),
  'cli/no-command': (p: { name: string }) => ({
    what: `There is no command ${p.name}.`,
    todo: 'See unprompted --help.',
  }),
  'cli/no-model': (p: { name: string; known: string }) => ({
    what: `There is no model ${p.name}, and no file of that name.`,
    todo: `Give a file of weights, or one of ${p.known}.`,
  }),
  'cli/usage': (p: { detail: string; command: string }) => ({
    what: p.detail,
    todo: `See unprompted ${p.command} --help.`,
  }),
  'png/not-png': (p: { name: string }) => ({
    what: `${p.name} is not a PNG file.`,
    todo: 'Give masks as PNG files.',
  }),
  'png/damaged': (p: { name: string; detail: string }) => ({
    what: `${p.name} is damaged: ${p.detail}.`,
    todo: 'Save or download the file again.',
  }),
  'png/unsupported': (p: { name: string; feature: string }) => ({
    what: `${p.name} is an ${p.feature} PNG, which is not read.`,
    todo: 'Save it again without that option.',
  }),
  'png/too-large': (p: { name: string; width: number; height: number }) => ({
    what: `${p.name} says that it is ${p.width} × ${p.height} pixels, which is more than 64 million.`,
    todo: 'Scale the picture down, or save it again if it is not that large.',
  }),
  'png/not-mask': (p: { name: string; colours: number }) => ({
    what: `${p.name} has ${p.colours} colours: it looks like a photograph, not a mask.`,
    todo: 'Give a mask: one palette index, grey value or colour an object.',
  }),
  'weights/cut': (p: { wants: number; has: number }) => ({
    what: `The weight file is cut short: it should have at least ${p.wants} bytes, but has ${p.has}.`,
    todo: 'Download or copy the file again.',
  }),
  'weights/bad-header': (p: { detail: string }) => ({
    what: `The header of the weight file cannot be trusted: ${p.detail}.`,
    todo: 'Get the file again from its source; if it comes out the same, it was written wrongly.',
  }),
  'weights/bad-tensor': (p: { name: string; detail: string }) => ({
    what: `The tensor “${p.name}” of the weight file cannot be read: ${p.detail}.`,
    todo: 'Get the file again from its source; if it comes out the same, it was written wrongly.',
  }),
  'weights/does-not-fit': (p: { problems: readonly string[] }) => ({
    what: `These weights are no Vision Transformer that can be read: ${firstFew(p.problems)}.`,
    todo: 'Use the weights of a DINO, DINOv2 or timm ViT (small, base or large) with class token and learned positions.',
  }),
  'weights/unknown-heads': (p: { dim: number }) => ({
    what: `The number of attention heads is not in the file and cannot be told from its ${p.dim} channels.`,
    todo: 'Give the number of heads by hand (on the command line --heads; it has to divide the channels), or as “heads” in the file’s metadata.',
  }),
  'weights/too-large': (p: { name: string; bytes: number; most: number }) => ({
    what: `${p.name} has ${megabytes(p.bytes)} or more; more than ${megabytes(p.most)} do not fit into the page’s memory.`,
    todo: 'Save only the backbone’s weights, in 16 bits where that is not enough.',
  }),
  'weights/unknown-format': () => ({
    what: 'This is neither a safetensors file nor a PyTorch checkpoint.',
    todo: 'Choose a model.safetensors, or a .pth or .pt file that torch.save wrote.',
  }),
  'weights/legacy-checkpoint': () => ({
    what: 'This checkpoint is in the format of PyTorch before 1.6, which is not read.',
    todo: 'Load it in a newer PyTorch and save it again, or convert it to safetensors.',
  }),
  'weights/bad-checkpoint': (p: { detail: string }) => ({
    what: `The checkpoint cannot be read: ${p.detail}.`,
    todo: 'Get the file again from its source, or convert it to safetensors.',
  }),
  'weights/refused-global': (p: { name: string }) => ({
    what: `The checkpoint wants to run “${p.name}”, which plain weights do not need; nothing of it was run.`,
    todo: 'Save only the state dict (torch.save(model.state_dict(), …)), or convert it to safetensors.',
  }),
  'weights/wrong-hash': (p: { name: string; wants: string; has: string }) => ({
    what: `${p.name} is not the file it should be: its SHA-256 begins with ${p.has.slice(0, 12)}, not ${p.wants.slice(0, 12)}.`,
    todo: 'Download it again; if it comes out the same, its source has changed and the model is not to be trusted.',
  }),
  'fetch/unreachable': (p: { host: string }) => ({
    what: `${p.host} could not be reached.`,
    todo: 'Check the connection and try again, or download the file by other means and drop it on the page.',
  }),
  'fetch/cut': (p: { host: string; done: number; total: number }) => ({
    what: `The connection to ${p.host} was cut again and again, last after ${megabytes(p.done)} of ${megabytes(p.total)}.`,
    todo: 'Try again later: what has arrived is kept, and the download goes on from there.',
  }),
  'fetch/forbidden': (p: { host: string }) => ({
    what: `${p.host} does not give this file to everyone.`,
    todo: 'Accept the terms on its site and download the file there, then drop it on the page.',
  }),
  'fetch/not-found': (p: { url: string }) => ({
    what: `There is no file at ${p.url}.`,
    todo: 'Check the address; the repository may have been renamed or removed.',
  }),
  'fetch/too-many': (p: { host: string; wait: string | null }) => ({
    what: `${p.host} has had too many requests from this address.`,
    todo: p.wait
      ? `Try again after ${p.wait} (seconds, or the time it says).`
      : 'Try again in a few minutes.',
  }),
  'fetch/refused': (p: { host: string; status: number }) => ({
    what: `${p.host} answered with status ${p.status} instead of the file.`,
    todo: 'Try again later, or download the file by other means and drop it on the page.',
  }),
  'fetch/wrong-length': (p: { url: string; wants: number }) => ({
    what: `${p.url} sent more than the ${p.wants} bytes that it announced.`,
    todo: 'Try again; if it happens again, the host or something between is broken.',
  }),
  'store/full': (p: { wants: number; stored: readonly { url: string; bytes: number }[] }) => ({
    what: `The browser has no room for ${megabytes(p.wants)} more of weights.`,
    todo:
      p.stored.length > 0
        ? `Free space on the disk, or remove a stored model: ${p.stored.map(({ url, bytes }) => `${url} (${megabytes(bytes)})`).join(', ')}.`
        : 'Free space on the disk, or let this site store more in the browser’s settings.',
  }),
  'store/unavailable': () => ({
    what: 'This browser gives the page no place to keep weights in.',
    todo: 'Leave private browsing, or allow this site to store data.',
  }),
  'fetch/bad-address': (p: { url: string }) => ({
    what: `${p.url} is no web address of a file.`,
    todo: 'Give the whole address of a .safetensors, .pth or .pt file, beginning with https://.',
  }),
  'models/cannot-keep': (p: { path: string; detail: string }) => ({
    what: `Weights cannot be kept in ${p.path}: ${p.detail}`,
    todo: 'Make room or mend its permissions, remove a model (unprompted models remove), or set XDG_CACHE_HOME.',
  }),
  'models/no-consent': (p: { download: string }) => ({
    what: `These weights are not here yet, and nobody agreed to download them. ${p.download}`,
    todo: 'Add --yes to agree, or give a file of weights that is here.',
  }),
  'models/not-kept': (p: { name: string }) => ({
    what: `Nothing is kept of a model ${p.name}.`,
    todo: 'See unprompted models for what is here.',
  }),
  'model/bad-manifest': (p: { path: string; wants: string }) => ({
    what: `The list of models is wrong: ${p.path} has to be ${p.wants}.`,
    todo: 'Mend models/manifest.json, or restore it from the release.',
  }),
  'model/unknown': (p: { id: string }) => ({
    what: `There is no model named “${p.id}”.`,
    todo: 'Choose a model from the list, or add the weight file again.',
  }),
  'model/untrained': (p: { id: string }) => ({
    what: `F_v needs a trained correlator, and ${p.id} has none.`,
    todo: 'Choose another metric, or train a correlator for this model first.',
  }),
  'model/not-here': (p: { host: string; bytes: number }) => ({
    what: `The weights of this model are not in the browser yet; they lie at ${p.host}.`,
    todo: `Agree to download them once (${megabytes(p.bytes)}), or drop the file on the page.`,
  }),
  'model/unreachable': (p: { url: string; detail: string }) => ({
    what: `${p.url} could not be fetched: ${p.detail}.`,
    todo: 'Check the connection and the address, and try again.',
  }),
  'model/session-failed': (p: { device: string; detail: string }) => ({
    what: `The model could not be made ready on ${p.device}: ${p.detail}`,
    todo: 'Choose a smaller size or the other device under Settings, or close other tabs to free memory.',
  }),
  'model/run-failed': (p: { device: string; detail: string }) => ({
    what: `The model stopped on ${p.device}: ${p.detail}`,
    todo: 'Try again; if it stops again choose a smaller size or the other device under Settings.',
  }),
  'tokens/no-space': () => ({
    what: 'This clip outgrew the memory set aside for it, and the browser has no disk space left to give.',
    todo: 'Take fewer frames (a coarser stride) or a smaller size, or free some disk space.',
  }),
  'video/not-open': () => ({
    what: 'No clip is open.',
    todo: 'Open a clip first.',
  }),
  'video/empty': (p: { name: string }) => ({
    what: `${p.name} is empty.`,
    todo: 'Choose a video, an animated image, or the frames of one.',
  }),
  'video/not-media': (p: { name: string; like: string }) => ({
    what: `${p.name} is neither a video nor an image: it looks like ${p.like}.`,
    todo: 'Choose a video (MP4, MOV, WebM, MKV), an animated image (GIF, WebP, APNG), or JPEG or PNG frames.',
  }),
  'video/container': (p: { name: string; container: string; convert: string }) => ({
    what: `${p.name} is in the format ${p.container}, which browsers cannot read.`,
    todo: `Convert it first: ${p.convert}`,
  }),
  'video/no-picture': (p: { name: string; container: string }) => ({
    what: `${p.name} (${p.container}) has no video track.`,
    todo: 'Choose a file that has pictures as well as sound.',
  }),
  'video/codec': (p: { name: string; codec: string; container: string; where: string; convert: string }) => ({
    what: `${p.name} (${p.container}) is coded as ${p.codec}, which this browser cannot decode.`,
    todo: `${p.where}Convert it: ${p.convert}`,
  }),
  'video/damaged': (p: { name: string; detail: string }) => ({
    what: `${p.name} is damaged: ${p.detail}.`,
    todo: 'Get the file again from where it came from, or save it anew with the program that made it.',
  }),
  'video/truncated': (p: { name: string; readable: number; total: number; rescue: string }) => ({
    what: `${p.name} ends too early: of its ${p.total} frames only the first ${p.readable} are there.`,
    todo: `Copy or download it again, or keep what is there: ${p.rescue}`,
  }),
  'video/frame-lost': (p: { name: string; index: number }) => ({
    what: `Frame ${p.index} of ${p.name} cannot be decoded; its data is damaged or missing.`,
    todo: `Use a part of the clip without frame ${p.index}, or save the clip anew with the program that made it.`,
  }),
  'video/mixed-files': (p: { name: string; is: string }) => ({
    what: `Several files are taken as the frames of one clip, but ${p.name} is ${p.is}.`,
    todo: 'Choose one video, or only images.',
  }),
  'video/odd-size': (p: { name: string; size: string; wanted: string; first: string }) => ({
    what: `The frames differ in size: ${p.name} is ${p.size}, but ${p.first} is ${p.wanted}.`,
    todo: `Leave out ${p.name}, or bring all frames to one size.`,
  }),
  'video/browser': (p: { name: string; lacks: string }) => ({
    what: `${p.name} cannot be opened because this browser has no ${p.lacks}.`,
    todo: 'Use a current Chrome, Edge, Firefox or Safari.',
  }),
  'train/no-device': (p: { device: string }) => ({
    what: `Training cannot run on ${p.device} here.`,
    todo: 'Choose the other backend, or use a browser and machine that offer it.',
  }),
  'train/no-clip': (p: { frames: number; needed: number }) => ({
    what: `No clip is long enough to train on: the longest has ${p.frames} frames, ${p.needed} are needed.`,
    todo: 'Use longer clips, or a smaller stride or fewer frames.',
  }),
  'train/diverged': (p: { iteration: number; why: string }) => ({
    what: `Training was stopped at iteration ${p.iteration}: ${p.why}`,
    todo: 'Keep the last good checkpoint, or train again with a lower learning rate.',
  }),
  'train/checkpoint': (p: { why: string }) => ({
    what: `Training cannot go on from this checkpoint: ${p.why}`,
    todo: 'Give the checkpoint that this very model and recipe wrote, or start afresh.',
  }),
  'device/no-webgpu': (p: { detail: string }) => ({
    what: `WebGPU was asked for, but this browser offers none: ${p.detail}.`,
    todo: 'Choose the device “auto” or “wasm” under Settings, or use a browser with WebGPU (a recent Chrome, Edge or Safari).',
  }),
  'device/lost': (p: { reason: string }) => ({
    what: `The GPU was taken away in the middle of the work: ${p.reason}`,
    todo: 'Start the run again; if it happens often choose the device “wasm” under Settings.',
  }),
  'device/out-of-memory': (p: { megabytes: number }) => ({
    what: `The GPU has no room for a further ${p.megabytes} MB.`,
    todo: 'Take fewer frames or a smaller size, or close other tabs and programs that use the GPU.',
  }),
  'device/failed': (p: { detail: string }) => ({
    what: `The GPU refused a step of the work: ${p.detail}`,
    todo: 'Choose the device “wasm” under Settings, and report this with the diagnostics.',
  }),
  'device/wrong-results': (p: { detail: string }) => ({
    what: `This GPU failed the self-test, so its results cannot be trusted: ${p.detail}`,
    todo: 'Update the browser and the graphics driver, or choose the device “wasm” under Settings.',
  }),
  'mask/damaged': (p: { name: string; detail: string }) => ({
    what: `The mask ${p.name} cannot be read: ${p.detail}.`,
    todo: 'Save it again as PNG.',
  }),
  'dataset/empty': (p: { folder: string }) => ({
    what: `No sequences were found in ${p.folder}.`,
    todo: 'Give a folder that holds frames and masks in one of the layouts that the guide lists.',
  }),
  'dataset/no-masks': (p: { folder: string }) => ({
    what: `The sequences in ${p.folder} have no masks to compare with.`,
    todo: 'Give a data set with its annotations.',
  }),
  'dataset/no-sequence': (p: { name: string; known: string }) => ({
    what: `There is no sequence ${p.name}.`,
    todo: `Choose among: ${p.known}.`,
  }),
  'dataset/bad-json': (p: { name: string; detail: string }) => ({
    what: `${p.name} is no list of annotations as YouTube-VIS has it: ${p.detail}.`,
    todo: 'Download the file again.',
  }),
  'dataset/bad-rle': (p: { detail: string }) => ({
    what: `A run-length encoded mask cannot be read: ${p.detail}.`,
    todo: 'Download the annotations again.',
  }),
  'score/no-prediction': (p: { sequence: string }) => ({
    what: `There are no predictions for ${p.sequence}.`,
    todo: 'Give its masks in a folder of that name.',
  }),
  'score/missing-frames': (p: { sequence: string; frames: string }) => ({
    what: `${p.sequence} lacks predictions for frames ${p.frames}.`,
    todo: 'Give a mask for every frame that has truth; an empty one where nothing was found.',
  }),
  'score/size': (p: { name: string; size: string; wants: string }) => ({
    what: `${p.name} is ${p.size} pixels, but its truth is ${p.wants}.`,
    todo: 'Scale the masks to the size of the truth, taking the nearest pixel.',
  }),
  'score/too-many': (p: { sequence: string; found: number; most: number; protocol: string }) => ({
    what: `${p.sequence} has ${p.found} proposals; ${p.protocol} allows ${p.most}.`,
    todo: `Keep the best ones, numbered from 1 (--keep ${p.most} takes the others for background), or choose another protocol.`,
  }),
  'truth/frames': (p: { keys: string; clip: string }) => ({
    what: `The clip has no frames for the masks numbered ${p.keys}: ${p.clip}.`,
    todo: 'Drop the masks of this clip; each has to bear the number of its frame.',
  }),
  'truth/size': (p: { name: string; size: string; wants: string }) => ({
    what: `The mask ${p.name} is ${p.size} pixels, which does not fit ${p.wants}.`,
    todo: 'Drop the masks of this clip, all of one size and of the clip’s shape. To open pictures as a clip instead, put them into a folder named frames.',
  }),
  'truth/several': (p: { names: string }) => ({
    what: `These files hold several clips with masks: ${p.names}.`,
    todo: 'Drop the frames and masks of one clip; to run a whole data set use unprompted eval.',
  }),
  'truth/no-clip': () => ({
    what: 'These are masks, but no clip is open to compare them with.',
    todo: 'Open the clip first, then drop its masks.',
  }),
  'eval/exists': (p: { folder: string }) => ({
    what: `${p.folder} already holds an evaluation.`,
    todo: 'Add --resume to go on with it, or give another folder.',
  }),
  'eval/other-plan': (p: { folder: string; differs: string }) => ({
    what: `The evaluation in ${p.folder} is another one: its ${p.differs} differ.`,
    todo: 'Give the same data set, protocols and settings, or another folder.',
  }),
  'eval/no-results': (p: { folder: string }) => ({
    what: `${p.folder} holds no evaluation.`,
    todo: 'Give folders that unprompted eval has written.',
  }),
  'export/cancelled': () => ({
    what: 'The export was cancelled; nothing was written.',
    todo: 'Press Export to start again.',
  }),
  'export/no-objects': () => ({
    what: 'No object was chosen to export.',
    todo: 'Show at least one object in the list, or choose all objects.',
  }),
  'export/too-many-objects': (p: { objects: number; most: number }) => ({
    what: `An indexed PNG tells ${p.most} objects apart; ${p.objects} were chosen.`,
    todo: 'Merge or hide some, raise τ to find fewer, or export COCO or YouTube-VIS JSON.',
  }),
  'export/no-encoder': (p: { container: string; width: number; height: number }) => ({
    what: `This browser has no encoder for ${p.container} at ${p.width} × ${p.height} pixels.`,
    todo: 'Choose the other container, or use a current Chrome, Edge or Safari.',
  }),
  'export/cannot-write': (p: { name: string; detail: string }) => ({
    what: `${p.name} cannot be written: ${p.detail}`,
    todo: 'Make room or choose another place, and export again.',
  }),
  'project/bad': (p: { name: string; detail: string }) => ({
    what: `${p.name} cannot be read as a project: ${p.detail}.`,
    todo: 'Take another copy of it, or open the clip itself and segment it again.',
  }),
  'project/newer': (p: { name: string }) => ({
    what: `${p.name} was written by a newer version of this page.`,
    todo: 'Reload this page to get the newest version, and open it again.',
  }),
  'project/no-clip': (p: { name: string; clip: string }) => ({
    what: `${p.name} holds no copy of its clip, ${p.clip}.`,
    todo: `Drop ${p.clip} here to go on with the work on it.`,
  }),
  'project/other-clip': (p: { name: string; wants: string; found: string }) => ({
    what: `This is not the clip of ${p.name}: that has ${p.wants}, this one ${p.found}.`,
    todo: 'Drop the clip that the project was made from.',
  }),
  'project/not-kept': (p: { detail: string }) => ({
    what: `The browser could not keep this work: ${p.detail}`,
    todo: 'Save a project file before you leave, or remove recent projects to make room.',
  }),
  'internal/unexpected': (p: { detail: string }) => ({
    what: `Something failed that should not have: ${p.detail}`,
    todo: 'Try again; if it comes back, copy the diagnostics and report it.',
  }),
} satisfies Record<string, (p: never) => Told>;

type Errors = typeof ERRORS;
export type ErrorCode = keyof Errors;
type Params<C extends ErrorCode> = Parameters<Errors[C]>;

/** An error meant for a person. `message` is `what`; `todo` is the way out; `cause` is for developers. */
export class UnpromptedError extends Error {
  override readonly name = 'UnpromptedError';
  constructor(
    readonly code: ErrorCode,
    what: string,
    readonly todo: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/** Makes the error `code`, its texts filled from `params`. Usage: `throw failure('run/cancelled')`. */
export function failure<C extends ErrorCode>(code: C, ...params: Params<C>): UnpromptedError;
export function failure<C extends ErrorCode>(code: C, ...rest: [...Params<C>, ErrorOptions]): UnpromptedError;
export function failure(code: ErrorCode, ...rest: unknown[]): UnpromptedError {
  const tell = ERRORS[code] as (p?: unknown) => Told;
  const params = tell.length > 0 ? rest.shift() : undefined;
  const { what, todo } = tell(params);
  return new UnpromptedError(code, what, todo, rest[0] as ErrorOptions | undefined);
}

/** Any thrown value as an UnpromptedError; what is not one already becomes `internal/unexpected` (or `run/cancelled` for an abort). */
export function asFailure(thrown: unknown): UnpromptedError {
  if (thrown instanceof UnpromptedError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') return failure('run/cancelled');
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('internal/unexpected', { detail }, { cause: thrown });
}
