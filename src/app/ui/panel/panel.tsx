import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { type PanelTab, useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Soon } from '../parts/soon.tsx';
import { EffectsPanel } from './effects.tsx';
import { HierarchyPanel } from './hierarchy.tsx';
import { ObjectsPanel } from './objects.tsx';
import { Report } from './report.tsx';
import { RunFoot } from './run-foot.tsx';
import { Settings } from './settings.tsx';

const TABS = Object.keys(strings.panel.tabs) as PanelTab[];
const isTab = (key: unknown): key is PanelTab => TABS.some((tab) => tab === key);

export function Panel() {
  const tab = useView((view) => view.tab);
  const hierarchy = useView((view) => view.mode === 'hierarchy');
  return (
    <aside className="panel" aria-label={strings.panel.region}>
      <Tabs
        className="tabs"
        selectedKey={tab}
        onSelectionChange={(key) => {
          if (isTab(key)) useView.setState({ tab: key });
        }}
      >
        <TabList className="tab-list" aria-label={strings.panel.region}>
          {TABS.map((id) => (
            <Tab key={id} id={id} className="tab">
              {strings.panel.tabs[id]}
            </Tab>
          ))}
        </TabList>
        <TabPanel id="objects" className="tab-panel">
          <Soon>{hierarchy ? <HierarchyPanel /> : <ObjectsPanel />}</Soon>
        </TabPanel>
        <TabPanel id="effects" className="tab-panel">
          <Soon>
            <EffectsPanel />
          </Soon>
        </TabPanel>
        <TabPanel id="settings" className="tab-panel">
          <Soon>
            <Settings />
          </Soon>
        </TabPanel>
        <TabPanel id="report" className="tab-panel">
          <Soon>
            <Report />
          </Soon>
        </TabPanel>
      </Tabs>
      <RunFoot />
    </aside>
  );
}
