// Filled in by build.mjs.
declare const MANIFEST: import("./messages.js").Manifest;
declare const LOCK_INFORMATION: { abi_version: string; arch: "wasm32"; platform: string; python: string; version: string };
