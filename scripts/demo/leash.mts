/*
 * Loaded into n8n before n8n itself: ends it when whoever started it is gone, however that happened.
 * The channel between the two is closed by the system then.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
