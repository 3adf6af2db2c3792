/** A worker of `workers.mts`: one process, as a worker of n8n is, that runs some executions at once and says how they ended. */
import type { INodeParameters } from 'n8n-workflow';
import { createHarness } from '../harness/index.mts';

interface Job {
	type: string;
	credential: [type: string, data: Record<string, string>];
	parameters: INodeParameters;
	executions: Array<Array<Record<string, string>>>;
}

process.once('message', (job: Job) => {
	void (async () => {
		const [type, data] = job.credential;
		const harness = await createHarness({ credentials: { [type]: { data } } });
		const results = await Promise.all(job.executions.map(async (items) => await harness.runNode(job.type, job.parameters, items, { mode: 'trigger' })));
		process.send!(results.map(({ error, json }) => ({ done: json.length, ...(error ? { error: error.message } : {}) })));
		process.disconnect();
	})();
});
