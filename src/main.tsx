import { StrictMode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { workOffline } from './app/offline.ts';
import { language } from './app/words/language.ts';
import './app/styles/index.css';

document.documentElement.lang = language;
if (import.meta.env.PROD) workOffline();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <I18nProvider locale={language}>
      <App />
    </I18nProvider>
  </StrictMode>,
);
