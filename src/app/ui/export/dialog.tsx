import { useEffect } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { type ExportKind, FORMATS } from '../../../engine/export/formats/index.ts';
import { askFormats } from '../../actions/export.ts';
import { useExport, useExportChoice } from '../../stores/export.ts';
import { strings } from '../../words/strings.ts';
import { ModalDialog } from '../parts/modal-dialog.tsx';
import { ExportFoot } from './foot.tsx';
import { ExportOptions } from './options.tsx';
import { ExportPreview } from './preview.tsx';

const words = strings.export;

const GROUPS = ['watch', 'data'] as const;

function choose(kind: ExportKind): void {
  useExportChoice.setState({ kind });
  useExport.setState({ done: null });
}

/** What to make of the objects, how, and how far it is. It may be closed while an export goes on. */
export default function ExportDialog() {
  const open = useExport((state) => state.open);
  const running = useExport((state) => state.running);
  const kind = useExportChoice((choice) => choice.kind);
  const quality = useExportChoice((choice) => choice.quality);
  useEffect(() => {
    if (open && quality) void askFormats();
  }, [open, quality]);
  return (
    <ModalDialog
      title={words.title}
      open={open}
      onClose={() => useExport.setState({ open: false })}
      className="export"
    >
      <div className="export-body">
        <RadioGroup
          className="export-kinds"
          aria-label={words.kind}
          value={kind}
          isDisabled={running}
          onChange={(next) => choose(next as ExportKind)}
        >
          {GROUPS.map((group) => (
            <section key={group}>
              <h3>{words.groups[group]}</h3>
              {FORMATS.filter((format) => format.group === group).map(({ id }) => (
                <Radio key={id} value={id} className="export-kind">
                  <strong>{words.kinds[id].name}</strong>
                  <span>{words.kinds[id].purpose}</span>
                </Radio>
              ))}
            </section>
          ))}
        </RadioGroup>
        <div className="export-side">
          <ExportPreview />
          <ExportOptions />
          <ExportFoot />
        </div>
      </div>
    </ModalDialog>
  );
}
