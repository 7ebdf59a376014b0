import { useEffect, useState } from 'react';
import { take } from '../../actions/take.ts';
import { strings } from '../../words/strings.ts';
import { filesOf } from './dropped-files.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Lets files be dropped anywhere in the window, and says so while they hover over it. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Every element entered is left again: counting shows whether the pointer is still inside.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void filesOf(event.dataTransfer).then((dropped) =>
        take(
          dropped.map(({ file }) => file),
          dropped.map(({ path }) => path),
        ),
      );
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', hover);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', hover);
      removeEventListener('drop', drop);
    };
  }, []);
  return over ? (
    <div className="drop-over">
      <p>{strings.landing.dropHere}</p>
    </div>
  ) : null;
}
