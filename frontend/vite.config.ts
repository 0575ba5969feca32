import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const backend = process.env.RECOTEM_DEV_BACKEND ?? 'http://127.0.0.1:8000'
const proxy = {
  '/api': { target: backend },
  '/inference': { target: backend },
  '/ws': { target: backend, ws: true },
}

export default defineConfig({
  base: '/',
  plugins: [vue(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The charts are one lazily loaded piece of this size.
  build: { chunkSizeWarningLimit: 700 },
  server: { proxy },
  preview: { proxy },
})
