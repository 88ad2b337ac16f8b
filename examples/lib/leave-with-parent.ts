/** @file Loaded before a demo's process (`node --import`): it ends when the demo has ended, however that was. */
if (process.connected) {
  process.on('disconnect', () => process.exit());
  process.channel?.unref();
}
