/** @file Loaded before a demo's process (`node --import`): it ends when the demo has ended, however that was. */
process.on('disconnect', () => process.exit());
process.channel?.unref();
// It has ended before this one had begun.
if (!process.connected) process.exit();
