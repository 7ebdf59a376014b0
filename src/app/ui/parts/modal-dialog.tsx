import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { strings } from '../../words/strings.ts';
import { IconButton } from './button.tsx';
import { Notices } from './notices.tsx';

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  /** Whether it stays until what it asks is answered. */
  bound?: boolean;
  /** Class of its own, and of the window that it is in. */
  className?: string;
  modalClass?: string;
  children: ReactNode;
}

/** A dialog over the page. */
export function ModalDialog({
  title,
  open,
  onClose,
  bound = false,
  className = '',
  modalClass = '',
  children,
}: Props) {
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      isDismissable={!bound}
      isKeyboardDismissDisabled={bound}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Modal className={`modal ${modalClass}`}>
        <Dialog className={`dialog ${className}`}>
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            {!bound && <IconButton icon="close" label={strings.help.close} onPress={onClose} />}
          </header>
          <Notices at="dialog" />
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
