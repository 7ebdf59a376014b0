import { PROTOCOLS, type ProtocolName } from '../src/metrics/protocols.ts';
import { usage } from './command.ts';

export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as ProtocolName[];

/** The protocols named in `--protocol a,b`. Throws `cli/usage`. */
export function typedProtocols(command: string, text: string | undefined): ProtocolName[] {
  if (text === undefined) throw usage(command, `Say how to score: --protocol ${PROTOCOL_NAMES.join(' | ')}.`);
  return text.split(',').map((name) => {
    const found = PROTOCOL_NAMES.find((protocol) => protocol === name.trim());
    if (!found) throw usage(command, `--protocol ${name} is none of ${PROTOCOL_NAMES.join(', ')}.`);
    return found;
  });
}
