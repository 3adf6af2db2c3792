/**
 * Starts a clock of the processor time of this thread, which other programs on the machine do not lengthen
 * as they do the time on the wall.
 * @returns reads the milliseconds spent since.
 */
export function processorClock(): () => number {
	const from = process.threadCpuUsage();
	return () => {
		const { user, system } = process.threadCpuUsage(from);
		return (user + system) / 1000;
	};
}
