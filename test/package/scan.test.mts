import { runScript } from './run.mts';

interface Verdict {
	passed: boolean;
	message?: string;
	details?: string;
}

test("n8n's scanner passes the sources and the tarball", async () => {
	const { source, tarball } = await runScript<Record<'source' | 'tarball', Verdict>>('scan.mts');
	expect(source).toEqual({ passed: true });
	expect(tarball).toEqual({ passed: true });
}, 60_000);
