import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { serviceWorker } from './build/service-worker.ts'

/** The Parley server that the development server speaks to. */
const server = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:3000'
const proxied = { target: server, changeOrigin: true }

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss(), serviceWorker(), compressed()],
  // Our own packages come as sources.
  resolve: { conditions: ['parley-source', ...defaultClientConditions] },
  // Where nothing has to be rewritten for older ones: light-dark(), oklch(), @property.
  build: {
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    outDir: 'dist',
    assetsDir: 'assets',
    emptyOutDir: true,
    sourcemap: true,
    // The page's policy takes fonts and scripts from files of this server alone, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What nearly every page needs, in few files: left alone, each module that two pages share is a file of its own.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules/, minShareCount: 2, priority: 2 },
            { name: 'shared', test: /\/(?:web\/src|client)\//, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
    // The emoji, which come when somebody looks for one.
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': proxied,
      '/socket.io': { ...proxied, ws: true },
      '/signal': { ...proxied, ws: true },
    },
  },
})
