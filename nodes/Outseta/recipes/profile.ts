/** What a person sees of themselves. These calls take the token of a person instead of the API key. */
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { done, isSilent } from '../../shared/run/answers';
import { confirmWrite } from '../../shared/run/confirm';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { about, changesBetween, Planned } from '../../shared/run/plan';
import { asObject, BadInput } from '../../shared/spec/values';
import { EMAIL, NEW, OLD, TOKEN } from '../resources/profile';

interface Job {
	token?: string;
	email?: string;
	body?: IDataObject;
	fields?: IDataObject;
	secrets: string[];
}

function who(item: Item): Pick<Job, 'token' | 'email' | 'secrets'> {
	const token = item.value(TOKEN) as string | undefined;
	const email = item.value(EMAIL) as string | undefined;
	if (!token && !email) throw new BadInput('Access Token and Person Email are both missing', 'Enter one of them, because these requests act as a person.');
	return { token, email, secrets: token ? [token] : [] };
}

/** The token of a person, made with the API key once per run. */
async function tokenOf(item: Item, { token, email }: Job): Promise<string> {
	if (token) return token.replace(/^bearer\s+/i, '');
	const { run } = item;
	let made = tokens.get(run);
	if (!made) tokens.set(run, (made = new Map()));
	let promise = made.get(email!);
	if (!promise) {
		promise = run
			.client(run.operation.resource)
			.send({ method: 'POST', path: '/tokens', query: item.writeQuery(), body: { username: email }, purpose: `make a token for ${email}` })
			.then(({ body }) => String(asObject(body).access_token));
		made.set(email!, promise);
	}
	return await promise;
}

const tokens = new WeakMap<object, Map<string, Promise<string>>>();

async function send(item: Item, job: Job, method: IHttpRequestMethods, path: string, body?: IDataObject): Promise<unknown> {
	const { run } = item;
	const token = await tokenOf(item, job);
	const answer = await run.client(run.operation.resource).send({
		method,
		path,
		headers: { Authorization: `bearer ${token}` },
		query: method === 'GET' ? [] : item.writeQuery(),
		...(body ? { body } : {}),
		purpose: run.operation.action.toLowerCase(),
		secrets: [...job.secrets, token],
	});
	return answer.body;
}

export const get: Handler<Job> = {
	prepare: who,
	async work(job, item) {
		return [{ json: item.present(item.run.operation.resource, asObject(await send(item, job, 'GET', '/profile'))) }];
	},
};

export const update: Handler<Job> = {
	prepare(item) {
		const { operation } = item.run;
		const fields = item.fields(operation, ['Uid']);
		if (Object.keys(fields).length === 0) throw new BadInput('There is nothing to change: no field of the profile was given', 'Map at least one field.');
		return { ...who(item), fields, body: item.run.apiOf(operation.resource).encode(operation.resource, { fields }, 'PUT') as IDataObject };
	},
	async work(job, item) {
		const { run } = item;
		if (run.dryRun) {
			const { resource } = run.operation;
			// A token is made for the run itself; a dry run makes none, and so it sees the profile only with the token of the person.
			const before = job.token ? asObject(await send(item, job, 'GET', '/profile')) : undefined;
			const changes = changesBetween(run, resource, before, { fields: job.fields! });
			throw new Planned({ action: changes.length > 0 ? 'update' : 'none', ...(before ? about(run, run.resource('person'), String(before.Uid), before) : { name: job.email }), changes });
		}
		// The vendor wants to be told who the token belongs to.
		const { Uid } = asObject(await send(item, job, 'GET', '/profile'));
		const answer = await send(item, job, 'PUT', '/profile', { Uid, ...job.body });
		const { resource } = item.run.operation;
		const shown = isSilent(answer) ? await send(item, job, 'GET', '/profile') : answer;
		return [{ json: item.present(resource, asObject(await confirmWrite(item.run, resource, { fields: job.fields! }, shown)), shown) }];
	},
};

export const changePassword: Handler<Job> = {
	prepare(item) {
		const body = { ExistingPassword: item.value(OLD), NewPassword: item.value(NEW) } as IDataObject;
		const given = who(item);
		return { ...given, body, secrets: [...given.secrets, String(body.ExistingPassword), String(body.NewPassword)] };
	},
	async work(job, item) {
		if (item.run.dryRun) throw new Planned({ action: item.run.operation.name, name: job.email, changes: [{ field: 'password', to: '***' }] });
		await send(item, job, 'PUT', '/profile/password', job.body);
		return [done()];
	},
};
