import './style/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startLanguage } from './i18n/index.ts'
import { registerWorker } from './pwa/register.ts'
import { startSession } from './session/session-store.ts'
import { useSettings } from './settings/index.ts'
import { tellNewVersion } from './shell/new-version.ts'

void startSession()
await startLanguage(useSettings.getState().language)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

registerWorker(tellNewVersion)
