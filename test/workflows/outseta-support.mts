/** Set-up of the Outseta tests: the simulator, the real engine, and short words for what was sent. */
import { createRequire } from 'node:module';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createHarness, type Harness, type NodeOptions, type NodeResult } from '../harness/index.mts';
import { startOutseta, type OutsetaOptions, type OutsetaSimulator, type RecordedRequest } from '../simulator/index.mts';
import { labOf } from './support.mts';

const API = '/api/v1';

export interface OutsetaLab {
	sim: OutsetaSimulator;
	harness: Harness;
	/** Uid of a record of the demo, such as `person.jane@contoso.example`. */
	uid: (name: string) => string;
	reset: () => void;
	connect: (more?: IDataObject) => void;
	run: (resource: string, operation: string, parameters?: IDataObject, items?: IDataObject[], options?: NodeOptions) => Promise<NodeResult>;
	/** Requests as `GET /crm/people?limit=1`. */
	sent: () => string[];
	writes: () => string[];
	bodies: (start?: string) => IDataObject[];
	calls: () => RecordedRequest[];
	stop: () => Promise<void>;
}

/** A simulated Outseta and an n8n that is connected to it, for the tests of a file. Its limit is off unless a test is about it. */
export const outsetaLab = (options: OutsetaOptions = {}): OutsetaLab => labOf(async () => await startOutsetaLab(options));

async function startOutsetaLab({ perSecond = 100_000, ...options }: OutsetaOptions): Promise<OutsetaLab> {
	const { outsetaApi } = createRequire(import.meta.url)('../../dist/nodes/Outseta/wire/api.js') as { outsetaApi: { perSecond: number } };
	if (perSecond > 4) outsetaApi.perSecond = perSecond;
	const sim = await startOutseta({ ...options, perSecond });
	const data = (more: IDataObject = {}) => ({ subdomain: sim.url, apiKey: sim.apiKey, apiSecret: sim.apiSecret, ...more });
	const harness = await createHarness({ credentials: { outsetaApi: { data: data() } } });
	const calls = () => sim.requests.filter(({ path }) => path.startsWith(API));
	const line = ({ method, path, search }: RecordedRequest) => `${method} ${path.slice(API.length)}${search === '' ? '' : `?${search}`}`;
	const connect: OutsetaLab['connect'] = (more) => {
		harness.credentials.set('outsetaApi', data(more));
	};
	return {
		sim,
		harness,
		connect,
		uid: (name) => {
			const found = sim.seeded.uid[name];
			if (!found) throw new Error(`The demo has no ${name}; there are ${Object.keys(sim.seeded.uid).join(', ')}`);
			return found;
		},
		reset() {
			sim.latencyMs = 0;
			sim.reset();
			connect();
		},
		run: async (resource, operation, parameters = {}, items = [{}], more = {}) =>
			await harness.runNode('outseta', { resource, operation, ...parameters } as INodeParameters, items, more),
		sent: () => calls().map(line),
		writes: () => calls().filter(({ method }) => method !== 'GET').map(line),
		bodies: (start = '') => calls().filter(({ method, path }) => method !== 'GET' && path.startsWith(`${API}${start}`)).map(({ body }) => body as IDataObject),
		calls,
		stop: async () => await sim.stop(),
	};
}
