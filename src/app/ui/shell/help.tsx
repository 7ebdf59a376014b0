import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { ACTIONS } from '../../actions/table.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../strings.ts';
import { IconButton, Keys } from '../parts/button.tsx';

const GROUPS = Object.keys(strings.help.groups) as (keyof typeof strings.help.groups)[];

/** The table of shortcuts, as it is. */
export default function HelpDialog() {
  const open = useView((view) => view.help);
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      isDismissable
      onOpenChange={(help) => useView.setState({ help })}
    >
      <Modal className="modal">
        <Dialog className="dialog">
          {({ close }) => (
            <>
              <header className="dialog-head">
                <Heading slot="title">{strings.help.title}</Heading>
                <IconButton icon="close" label={strings.help.close} onPress={close} />
              </header>
              <div className="help-groups">
                {GROUPS.map((group) => (
                  <section key={group}>
                    <h3>{strings.help.groups[group]}</h3>
                    <dl>
                      {ACTIONS.filter((action) => action.group === group).map((action) => (
                        <div key={action.id} className="help-row">
                          <dt>{action.label}</dt>
                          <dd>
                            {action.keys.map((shortcut) => (
                              <Keys key={shortcut} shortcut={shortcut} />
                            ))}
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                ))}
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
