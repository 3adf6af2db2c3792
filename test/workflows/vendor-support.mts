/** Set-up that the tests of BranchCMS and Userlot share: the simulator, a stand-in for vendors that behave otherwise, and the real engine. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { startRecorder, type Answerer, type Recorder } from '../conformance/recorder.mts';
import { createHarness, type Harness, type NodeOptions, type NodeResult } from '../harness/index.mts';
import { startBranchCms, startUserlot, type BranchCmsSimulator, type Simulator, type UserlotSimulator } from '../simulator/index.mts';

type Items = Parameters<Harness['runNode']>[2];
type Run<T> = (resource: string, operation: string, parameters?: INodeParameters, items?: Items, options?: NodeOptions) => Promise<T>;

/** All that a person can read of an error. */
interface Refused {
	message: string;
	description: string;
	all: string;
}

export interface VendorLab<S extends Simulator> {
	readonly sim: S;
	/** A vendor that answers as a test wants. */
	readonly odd: Recorder;
	readonly harness: Harness;
	/** Saves the credential, by default the simulator's own. */
	connect: (url?: string, secret?: string, authentication?: string) => void;
	/** Has the stand-in answer from now on, in place of the simulator. */
	behave: (answer: Answerer) => void;
	run: Run<NodeResult>;
	/** Runs and expects success. */
	ok: Run<NodeResult>;
	/** Runs and expects a refusal. */
	refused: Run<Refused>;
	/** Requests to the simulator, as `GET /companies?name=Acme`. */
	sent: () => string[];
}

/**
 * To be called at the top of a test file: starts everything before its first test, ends it after the last, and
 * before each test the simulator is back to its seed and connected. `credential` gives what a user would have saved.
 */
function vendorLab<S extends Simulator>(
	node: string,
	start: () => Promise<S>,
	credential: (sim: S, url?: string, secret?: string, authentication?: string) => IDataObject,
): VendorLab<S> {
	let sim: S;
	let odd: Recorder;
	let harness: Harness;
	beforeAll(async () => {
		sim = await start();
		odd = await startRecorder('application/json', () => ({ status: 404, body: { error: 'no answer was prepared' } }));
		harness = await createHarness();
	});
	afterAll(async () => {
		odd.stop();
		await sim.stop();
	});
	const connect: VendorLab<S>['connect'] = (...given) => harness.credentials.set(`${node}Api`, credential(sim, ...given));
	beforeEach(() => {
		sim.reset();
		connect();
	});
	const run: VendorLab<S>['run'] = async (resource, operation, parameters = {}, items = [{}], options) =>
		await harness.runNode(node, { resource, operation, ...parameters }, items, options);
	return {
		get sim() {
			return sim;
		},
		get odd() {
			return odd;
		},
		get harness() {
			return harness;
		},
		connect,
		behave(answer) {
			odd.start(answer);
			connect(odd.url);
		},
		run,
		ok: async (...args) => {
			const result = await run(...args);
			expect(result.error).toBeUndefined();
			return result;
		},
		refused: async (...args) => {
			const { error } = await run(...args);
			expect(error).toBeDefined();
			return { message: error!.message, description: String((error as { description?: string }).description ?? ''), all: JSON.stringify(error) };
		},
		sent: () => sim.requests.map(({ method, path, search }) => `${method} ${path.replace('/api/v1', '')}${search ? `?${search}` : ''}`),
	};
}

/** A BranchCMS site and an n8n that is connected to it. */
export const branchCmsLab = (): VendorLab<BranchCmsSimulator> =>
	vendorLab('branchCms', startBranchCms, (site, siteUrl = site.url, token = site.token, authentication = 'bearer') => ({ siteUrl, token, authentication }));

/** A Userlot product and an n8n that is connected to it. */
export const userlotLab = (): VendorLab<UserlotSimulator> => vendorLab('userlot', startUserlot, (sim, apiUrl = sim.url, apiKey = sim.apiKey) => ({ apiUrl, apiKey }));
