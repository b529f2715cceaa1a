import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** What the page may load and where it may connect. `pictures` and `connect` are the entry point's own sources. */
export const contentSecurityPolicy = (entryPoint: { pictures: string; connect: string }): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${["'self'", 'blob:', 'data:', entryPoint.pictures].filter(Boolean).join(' ')}`,
    `connect-src ${["'self'", entryPoint.connect].filter(Boolean).join(' ')}`,
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; ')

/** Sent with every answer of both entry points that serve the page, with the content security policy. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), usb=()',
}

/** File types of the built page. No other file is served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>
  type: string
}

/**
 * A file of the built page by the path of its URL (`/` is index.html); null if the page has no such file. Each part of
 * the path must be a plain name, without escapes, backslashes, `..` or a leading dot, so that no file outside
 * `directory` can be read.
 */
export async function readPageFile(directory: string, path: string): Promise<PageFile | null> {
  const parts = (path === '/' ? '/index.html' : path).split('/').slice(1)
  const type = contentTypes[extname(parts.at(-1) ?? '')]
  if (type === undefined || !parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(part))) return null
  try {
    return { bytes: new Uint8Array(await readFile(join(directory, ...parts))), type }
  } catch {
    return null
  }
}
