/** This page's name among those of all operators: none takes another's monitor or microphone away. */
export const PAGE_NAME = `desk-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;
