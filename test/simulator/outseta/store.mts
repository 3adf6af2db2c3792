/** Records in memory. References are uids; lists of children are found through the children. */
import { BACK, EMBEDDED, entities, isMany, targetOf } from './contract.mts';

export type Item = Record<string, unknown>;

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export class Store {
	private readonly tables = new Map<string, Map<string, Item>>();
	private readonly children = new Map<string, Set<string>>();
	private counter = 0;
	/** Custom properties by entity. */
	definitions: Item[] = [];

	/** Time of the last change, which grows with each. */
	private clock = Date.now();

	/** The same records, which later changes of these do not reach. */
	copy(): Store {
		const { tables, children, counter, definitions, clock } = this;
		return Object.assign(new Store(), structuredClone({ tables, children, counter, definitions, clock }));
	}

	/** A moment as the vendor writes it: UTC without zone. */
	now(): string {
		this.clock = Math.max(this.clock + 1, Date.now());
		return new Date(this.clock).toISOString().slice(0, 23);
	}

	uid(): string {
		this.counter += 1;
		let rest = this.counter * 7919 + 104_729;
		let text = '';
		while (text.length < 8) {
			text += LETTERS[rest % LETTERS.length];
			rest = Math.floor(rest / LETTERS.length) + this.counter * 31;
		}
		return text;
	}

	table(entity: string): Map<string, Item> {
		let table = this.tables.get(entity);
		if (!table) this.tables.set(entity, (table = new Map()));
		return table;
	}

	all(entity: string): Item[] {
		return [...this.table(entity).values()];
	}

	get(entity: string, uid: unknown): Item | undefined {
		return typeof uid === 'string' ? this.table(entity).get(uid) : undefined;
	}

	add(entity: string, values: Item): Item {
		const now = this.now();
		const item: Item = { Uid: this.uid(), Created: now, Updated: now, ...values };
		this.table(entity).set(item.Uid as string, item);
		this.link(entity, item, true);
		return item;
	}

	change(entity: string, item: Item, values: Item): Item {
		this.link(entity, item, false);
		Object.assign(item, values, { Updated: this.now() });
		this.link(entity, item, true);
		return item;
	}

	remove(entity: string, item: Item): void {
		this.link(entity, item, false);
		this.table(entity).delete(item.Uid as string);
	}

	private link(entity: string, item: Item, on: boolean): void {
		for (const [name, rule] of Object.entries(entities[entity] ?? {})) {
			const target = targetOf(rule.type);
			if (!target || isMany(rule.type) || typeof item[name] !== 'string') continue;
			const key = `${target} ${item[name] as string} ${entity} ${name}`;
			const uids = this.children.get(key) ?? new Set<string>();
			if (on) uids.add(item.Uid as string);
			else uids.delete(item.Uid as string);
			this.children.set(key, uids);
		}
	}

	/** Children that point to a record by a property of theirs. */
	pointing(target: string, uid: unknown, entity: string, property: string): Item[] {
		const uids = this.children.get(`${target} ${String(uid)} ${entity} ${property}`) ?? new Set<string>();
		return [...uids].map((child) => this.get(entity, child)).filter((item) => item !== undefined);
	}

	/** The record or records behind a property; undefined when the property is no relation. */
	related(entity: string, item: Item, name: string): { entity: string; items: Item[]; many: boolean } | undefined {
		if (entity === 'Account') {
			const own = this.ofAccount(item, name);
			if (own) return own;
		}
		if (entity === 'Subscription' && name === 'LatestInvoice') {
			return { entity: 'Invoice', items: this.pointing('Subscription', item.Uid, 'Invoice', 'Subscription').slice(-1), many: false };
		}
		if (name === 'Tags' && ['Segment', 'Article', 'BroadcastCampaign'].includes(entity)) {
			return { entity: 'Tag', items: this.tagsOf(item), many: true };
		}
		if (entity === 'Deal' && name === 'Owner') {
			const owner = this.get('Person', item.AssignedToPersonClientIdentifier);
			return { entity: 'Person', items: owner ? [owner] : [], many: false };
		}
		const rule = entities[entity]?.[name];
		const target = rule && targetOf(rule.type);
		if (!rule || !target || !entities[target] || (EMBEDDED.has(target) && !isMany(rule.type))) return undefined;
		if (!isMany(rule.type)) {
			const one = this.get(target, item[name]);
			return { entity: target, items: one ? [one] : [], many: false };
		}
		const back = BACK[`${entity}.${name}`];
		return { entity: target, items: back ? this.pointing(entity, item.Uid, target, back) : [], many: true };
	}

	tagsOf(item: Item): Item[] {
		return this.all('EntityTag')
			.filter((row) => row.Owner === item.Uid)
			.map((row) => this.get('Tag', row.Tag))
			.filter((item) => item !== undefined);
	}

	subscriptionsOf(account: Item): Item[] {
		return this.pointing('Account', account.Uid, 'Subscription', 'Account');
	}

	current(account: Item): Item | undefined {
		const now = new Date().toISOString();
		return this.subscriptionsOf(account).findLast((s) => !(typeof s.EndDate === 'string' && s.EndDate < now) && String(s.StartDate ?? '') <= now);
	}

	primary(account: Item): Item | undefined {
		const row = this.pointing('Account', account.Uid, 'PersonAccount', 'Account').find((r) => r.IsPrimary === true);
		return row && this.get('Person', row.Person);
	}

	private ofAccount(account: Item, name: string): { entity: string; items: Item[]; many: boolean } | undefined {
		const one = (entity: string, item: Item | undefined) => ({ entity, items: item ? [item] : [], many: false });
		switch (name) {
			case 'CurrentSubscription':
			case 'PrimarySubscription':
				return one('Subscription', this.current(account));
			case 'LatestSubscription':
				return one('Subscription', this.subscriptionsOf(account).at(-1));
			case 'PrimaryContact':
				return one('Person', this.primary(account));
			case 'PaymentInformation':
				return one('PaymentInformation', this.pointing('Account', account.Uid, 'PaymentInformation', 'Account').at(-1));
			default:
				return undefined;
		}
	}
}
