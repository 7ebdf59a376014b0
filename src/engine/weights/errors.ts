import { megabytes } from '../../lib/bytes.ts';
import { type ErrorTable, errorsOf } from '../../lib/failure.ts';
import { inWords, type Phrase } from '../../lib/phrases.ts';
import {
  CHECKPOINT_FAULTS,
  HEADER_FAULTS,
  LOOKS_LIKE,
  MISFITS,
  type Misfit,
  TENSOR_FAULTS,
} from './faults.ts';

/** A list as a sentence's part, cut where it would fill the screen. */
const firstFew = (items: readonly string[], most = 12) =>
  items.length > most
    ? `${items.slice(0, most).join('; ')}; and ${items.length - most} more`
    : items.join('; ');

const misfitsIn = (problems: readonly Misfit[]) => firstFew(problems.map((one) => inWords(MISFITS, one)));

/** What a file is that was taken for weights. */
type NotWeights =
  | { is: 'pointer'; bytes: number | null }
  | { is: 'page'; says: string }
  | { is: 'other'; like: keyof typeof LOOKS_LIKE | null };

/** Errors of weight files: what they hold, their download and their storage. */
export const WEIGHTS_ERRORS = {
  'weights/cut': (p: { wants: number; has: number }) => ({
    what: `The weight file is cut short: it should have at least ${p.wants} bytes, but has ${p.has}.`,
    todo: 'Download or copy the file again.',
  }),
  'weights/bad-header': (p: { detail: Phrase<typeof HEADER_FAULTS> }) => ({
    what: `The header of the weight file cannot be trusted: ${inWords(HEADER_FAULTS, p.detail)}.`,
    todo: 'Get the file again from its source; if it comes out the same, it was written wrongly.',
  }),
  'weights/bad-tensor': (p: { name: string; detail: Phrase<typeof TENSOR_FAULTS> }) => ({
    what: `The tensor “${p.name}” of the weight file cannot be read: ${inWords(TENSOR_FAULTS, p.detail)}.`,
    todo: 'Get the file again from its source; if it comes out the same, it was written wrongly.',
  }),
  'weights/does-not-fit': (p: { problems: readonly Misfit[] }) => ({
    what: `These weights are not a Vision Transformer that can be read: ${misfitsIn(p.problems)}.`,
    todo: 'Use the weights of a DINO, DINOv2 or timm ViT (small, base or large) with class token and learned positions.',
  }),
  'weights/unknown-heads': (p: { dim: number }) => ({
    what: `The number of attention heads is not in the file and does not follow from its ${p.dim} channels.`,
    todo: 'Give the number of heads by hand (on the command line --heads; it has to divide the channels), or as “heads” in the file’s metadata.',
  }),
  'weights/too-large': (p: { name: string; bytes: number; most: number }) => ({
    what: `${p.name} is ${megabytes(p.bytes)} or larger; the page’s memory holds at most ${megabytes(p.most)}.`,
    todo: 'Save only the backbone’s weights, in 16 bits where that is not enough.',
  }),
  'weights/unknown-format': (p: NotWeights) => {
    switch (p.is) {
      case 'pointer':
        return {
          what: `This is not the weights but a pointer of Git LFS to them: the file itself${p.bytes === null ? '' : ` (${megabytes(p.bytes)})`} was not downloaded.`,
          todo: 'Run “git lfs pull” where it was cloned, or download the file itself from its site.',
        };
      case 'page':
        return {
          what: `This is not the weights but a web page or a server’s message that was saved in their place${p.says ? `: “${p.says.replace(/\s+/g, ' ').trim().slice(0, 120)}”` : '.'}`,
          todo: 'Open its address in a browser, sign in or accept its terms where it asks for that, and download the file itself.',
        };
      default:
        return {
          what: `This is neither a safetensors file nor a PyTorch checkpoint${p.like === null ? '' : `: it looks like ${LOOKS_LIKE[p.like]}`}.`,
          todo: 'Choose a model.safetensors, or a .pth or .pt file that torch.save wrote.',
        };
    }
  },
  'weights/refused-global': (p: { name: string }) => ({
    what: `The checkpoint wants to run “${p.name}”, which plain weights do not need; nothing of it was run.`,
    todo: 'Save only the state dict (torch.save(model.state_dict(), …)), or convert it to safetensors.',
  }),
  'weights/legacy-checkpoint': () => ({
    what: 'This checkpoint is in the format of PyTorch before 1.6, which is not read.',
    todo: 'Load it in a newer PyTorch and save it again, or convert it to safetensors.',
  }),
  'weights/bad-checkpoint': (p: { detail: Phrase<typeof CHECKPOINT_FAULTS> }) => ({
    what: `The checkpoint cannot be read: ${inWords(CHECKPOINT_FAULTS, p.detail)}.`,
    todo: 'Get the file again from its source, or convert it to safetensors.',
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
    todo: 'Try again later: what is here is kept, and the download resumes from there.',
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
    what: 'This browser does not let the page store weights.',
    todo: 'Leave private browsing, or allow this site to store data.',
  }),
  'fetch/bad-address': (p: { url: string }) => ({
    what: `${p.url} is not the web address of a file.`,
    todo: 'Give the whole address of a .safetensors, .pth or .pt file, beginning with https://.',
  }),
  'weights/not-motion': (p: { problems: readonly Misfit[] }) => ({
    what: `These weights are not those of the motion net: ${misfitsIn(p.problems)}.`,
    todo: 'Restore models/motion-v0/motion.safetensors from the release.',
  }),
} satisfies ErrorTable;

export const { failure } = errorsOf(WEIGHTS_ERRORS);
