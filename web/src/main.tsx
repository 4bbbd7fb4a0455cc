import './style/index.css'
import { createRoot } from 'react-dom/client'

createRoot(document.getElementById('root')!).render(<h1>Parley</h1>)
