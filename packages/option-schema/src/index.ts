/** [zod](https://zod.dev), as one file that starts fast: its messages are English, and `z.locales` is empty. */
export { z } from '#zod';
