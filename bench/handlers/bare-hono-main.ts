/*
 * What one Node.js process with the same HTTP library can do, as a process: the handler on a Map. Not a store that
 * could be used instead.
 */
import { createMemoryStore } from './memory-store.ts';
import { serveShop } from './serve-shop.ts';

serveShop(createMemoryStore());
