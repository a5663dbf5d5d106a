import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the gateway is: pages and GraphQL come from one origin, so that no CORS is needed. */
const gatewayUrl = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    proxy: { '/graphql': { target: gatewayUrl, changeOrigin: true } },
  },
});
