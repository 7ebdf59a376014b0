import type { ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel, type DisclosureProps, Heading } from 'react-aria-components';
import { Icon } from './icons.tsx';

type FoldProps = Pick<DisclosureProps, 'isExpanded' | 'onExpandedChange'> & {
  title: string;
  children: ReactNode;
};

/** A part of a form that is shown when its title is pressed. */
export const Fold = ({ title, children, ...expanding }: FoldProps) => (
  <Disclosure className="disclosure" {...expanding}>
    <Heading level={3}>
      <Button slot="trigger" className="disclosure-button">
        <Icon name="chevron" size={16} />
        {title}
      </Button>
    </Heading>
    <DisclosurePanel>{children}</DisclosurePanel>
  </Disclosure>
);
